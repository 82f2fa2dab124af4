#include "coordinator/service/cli/session.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

#include "common/net/join_file.hpp"
#include "coordinator/service/home.hpp"

namespace scanyard::service::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int width_default = 100;
/// Less of a text than this says nothing.
constexpr std::size_t clipped_min = 8;

/// Characters, not bytes: a name may hold an umlaut.
std::size_t columns(const std::string& text) {
  std::size_t count = 0;
  for (const unsigned char c : text)
    count += (c & 0xC0) != 0x80;
  return count;
}

std::vector<std::size_t> widths_of(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], columns(row[i]));
  }
  return widths;
}

/// At most `room` characters; a sign at the end says that there were more.
std::string clipped(const std::string& text, std::size_t room) {
  if (columns(text) <= room) return text;
  std::string kept;
  std::size_t used = 0;
  for (const char c : text) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (begins && ++used >= room) break;
    kept += c;
  }
  return kept + "…";
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.,%+-") == std::string::npos;
}

}  // namespace

Result<std::unique_ptr<Client>> open_client(const Globals& globals) {
  std::filesystem::path path;
  const char* variable = std::getenv("SCANYARD_JOIN");
  if (globals.join) {
    path = *globals.join;
  } else if (!globals.home && variable != nullptr && *variable != '\0') {
    path = variable;
  } else {
    auto home = find_home(globals.home);
    if (!home) return propagate(home);
    path = home->client_join();
  }
  auto join = net::read_join_file(path);
  if (!join) return propagate(join);
  ClientTimeouts timeouts;
  timeouts.connect = std::chrono::seconds(globals.timeout_s);
  return Client::open(*join, timeouts);
}

Result<Json> ask(Client& client, const protocol::ClientQuestion& question) {
  auto text = client.ask(question);
  if (!text) return propagate(text);
  return Json::parse(*text, nullptr, false);
}

Result<Json> ask(const Globals& globals, const protocol::ClientQuestion& question) {
  auto client = open_client(globals);
  if (!client) return propagate(client);
  return ask(**client, question);
}

ExitCode ask_and_print_message(const Globals& globals, const protocol::ClientQuestion& question,
                               bool as_json) {
  auto answer = ask(globals, question);
  if (!answer) return report(answer.error());
  if (as_json) {
    print_json(*answer);
  } else {
    fmt::print("{}\n", answer->value("message", std::string()));
  }
  return ExitCode::ok;
}

void print_json(const Json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

void print_table(std::vector<std::vector<std::string>> rows, std::size_t clip) {
  std::vector<std::size_t> widths = widths_of(rows);
  if (stdout_is_terminal() && clip < widths.size()) {
    std::size_t all = 2 * (widths.size() - 1);
    for (const std::size_t width : widths)
      all += width;
    const auto limit = static_cast<std::size_t>(std::max(1, terminal_width()));
    if (all > limit) {
      const std::size_t room = widths[clip] - std::min(widths[clip], all - limit);
      for (auto& row : rows)
        row[clip] = clipped(row[clip], std::max(room, clipped_min));
      widths = widths_of(rows);
    }
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const std::string blanks(widths[i] - columns(rows[r][i]), ' ');
      // A heading stands where the column's cells do: look at the first of them.
      const std::string& kind = r == 0 && rows.size() > 1 ? rows[1][i] : rows[r][i];
      line += is_number(kind) ? blanks + rows[r][i] : rows[r][i] + blanks;
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
}

void print_wrapped(const std::string& first, const std::string& text, const std::string& next) {
  const auto width = static_cast<std::size_t>(std::max(40, terminal_width()));
  std::string line = first;
  bool empty = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!empty && columns(line) + 1 + columns(word) > width) {
      fmt::print("{}\n", line);
      line = next;
      empty = true;
    }
    line += (empty ? "" : " ") + word;
    empty = false;
    at = end + 1;
  }
  fmt::print("{}\n", line);
}

int terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return width_default;
}

bool stdout_is_terminal() {
  return ::isatty(STDOUT_FILENO) == 1;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace scanyard::service::cli
