//! Who may connect: key add, key list, key remove. They change the home's files; a running
//! coordinator notices.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/net/allow_list.hpp"
#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/cli/session.hpp"
#include "coordinator/service/home.hpp"
#include "coordinator/service/new_home.hpp"

namespace scanyard::service::cli {
namespace {

class KeyAdd final : public Command {
 public:
  std::string name() const override { return "key add"; }
  std::string summary() const override {
    return "Let one more worker or client in: makes its key and join file";
  }
  std::string examples() const override {
    return "scanyard key add node1\n"
           "scanyard key add anna --role client\n"
           "scanyard key add node1 --public-key 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7'";
  }
  void declare(Options& options) override {
    options.required("name", name_, "Letters, digits, '.', '_' or '-'");
    options.choice("--role", role_, {"worker", "client"}, "What the key may do");
    options.text("--public-key", public_key_,
                 "Of a key made elsewhere: it is only listed, and no join file is written");
    options.flag("--json", json_, "Print what was made as JSON");
  }
  ExitCode run(const Globals& globals) override {
    auto home = find_home(globals.home);
    if (!home) return report(home.error());
    const net::Role role = net::role_from_text(role_).value_or(net::Role::worker);
    std::filesystem::path join;
    if (public_key_) {
      auto listed =
          net::add_allowed_key(home->allow_list(), {name_, role, *public_key_, utc_now()});
      if (!listed) return report(listed.error());
    } else {
      auto settings = load_settings(*home);
      if (!settings) return report(settings.error());
      auto made = add_key(*home, *settings, name_, role, utc_now());
      if (!made) return report(made.error());
      join = *made;
    }
    print(join);
    return ExitCode::ok;
  }

 private:
  void print(const std::filesystem::path& join) const {
    if (json_) {
      print_json({{"name", name_}, {"role", role_}, {"join_file", join.string()}});
    } else if (join.empty()) {
      fmt::print("Key {} may connect as a {}.\n", name_, role_);
    } else {
      fmt::print(
          "Key {} may connect as a {}. Copy this file there (it holds the secret key):\n  {}\n",
          name_, role_, join.string());
    }
  }

  std::string name_;
  std::string role_ = "worker";
  std::optional<std::string> public_key_;
  bool json_ = false;
};

class KeyList final : public Command {
 public:
  std::string name() const override { return "key list"; }
  std::string summary() const override { return "The keys that may connect"; }
  std::string examples() const override { return "scanyard key list\nscanyard key list --json"; }
  void declare(Options& options) override { options.flag("--json", json_, "Print as JSON"); }
  ExitCode run(const Globals& globals) override {
    auto home = find_home(globals.home);
    if (!home) return report(home.error());
    auto list = net::AllowList::load(home->allow_list());
    if (!list) return report(list.error());
    auto keys = nlohmann::ordered_json::array();
    std::vector<std::vector<std::string>> rows{{"name", "role", "added", "public key"}};
    for (const auto& key : list->keys()) {
      const std::string role(net::to_text(key.role));
      rows.push_back({key.name, role, key.added, key.public_key});
      keys.push_back({{"name", key.name},
                      {"role", role},
                      {"added", key.added},
                      {"public_key", key.public_key}});
    }
    if (json_) {
      print_json({{"keys", keys}});
    } else {
      print_table(rows);
    }
    return ExitCode::ok;
  }

 private:
  bool json_ = false;
};

class KeyRemove final : public Command {
 public:
  std::string name() const override { return "key remove"; }
  std::string summary() const override {
    return "Let a key in no more; connections that it has are not heard any more either";
  }
  std::string examples() const override { return "scanyard key remove node1"; }
  void declare(Options& options) override {
    options.required("name", name_, "As scanyard key list shows it");
    options.flag("--json", json_, "Print what was removed as JSON");
  }
  ExitCode run(const Globals& globals) override {
    auto home = find_home(globals.home);
    if (!home) return report(home.error());
    auto removed = net::remove_allowed_key(home->allow_list(), name_);
    if (!removed) return report(removed.error());
    std::error_code ignored;
    std::filesystem::remove(home->join(name_), ignored);
    if (json_) {
      print_json({{"name", removed->name}, {"role", std::string(net::to_text(removed->role))}});
    } else {
      fmt::print("Key {} may not connect any more.\n", removed->name);
    }
    return ExitCode::ok;
  }

 private:
  std::string name_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_key_add() {
  return std::make_unique<KeyAdd>();
}
std::unique_ptr<Command> make_key_list() {
  return std::make_unique<KeyList>();
}
std::unique_ptr<Command> make_key_remove() {
  return std::make_unique<KeyRemove>();
}

}  // namespace scanyard::service::cli
