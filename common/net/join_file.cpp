#include "common/net/join_file.hpp"

#include <fmt/format.h>

#include <charconv>

#include "common/net/errc.hpp"
#include "common/net/secret_file.hpp"
#include "common/yaml/strict.hpp"

namespace scanyard::net {
namespace {

constexpr const char* mend_missing =
    "run `scanyard key add NAME` on the coordinator's machine and copy the file that it writes";

Result<void> check(const JoinFile& join) {
  if (auto ok = check_endpoint(join.endpoint); !ok) return ok;
  if (auto ok = check_key_name(join.name); !ok) return ok;
  if (!is_key_text(join.server_key)) {
    return fail(errc::bad_key, "its server_key is no key of 40 characters of Z85");
  }
  auto expected = public_key_of(join.key.secret_key);
  if (!expected) return propagate(expected);
  if (*expected != join.key.public_key) {
    return fail(errc::bad_key,
                fmt::format("its public_key does not belong to its secret_key; {}", mend_missing));
  }
  return {};
}

}  // namespace

Result<JoinFile> read_join_file(const std::filesystem::path& path) {
  auto text = read_secret_file(path, mend_missing);
  if (!text) return propagate(text, "reading the join file");
  auto document = yaml::parse(*text, path.string());
  if (!document) return propagate(document);
  JoinFile join;
  std::string role;
  yaml::Mapping root(*document);
  root.required("endpoint", join.endpoint);
  root.required("server_key", join.server_key);
  root.required("name", join.name);
  root.choice("role", role, {"worker", "client"});
  if (!root.has("role")) root.required("role", role);
  root.required("public_key", join.key.public_key);
  root.required("secret_key", join.key.secret_key);
  if (auto done = root.finish(); !done) return propagate(done);
  join.role = role_from_text(role).value_or(Role::worker);
  if (auto ok = check(join); !ok) return propagate(ok, path.string());
  return join;
}

Result<void> write_join_file(const std::filesystem::path& path, const JoinFile& join) {
  if (auto ok = check(join); !ok) return propagate(ok, "writing a join file");
  const std::string text = fmt::format(
      "# What this {0} needs to talk to its coordinator. It holds a secret key: keep it at mode "
      "0600.\n"
      "# Use: {1} --join FILE\n"
      "endpoint: \"{2}\"\nserver_key: \"{3}\"\nname: \"{4}\"\nrole: {0}\npublic_key: \"{5}\"\n"
      "secret_key: \"{6}\"\n",
      to_text(join.role), join.role == Role::worker ? "scanyard-worker" : "scanyard status",
      join.endpoint, join.server_key, join.name, join.key.public_key, join.key.secret_key);
  return write_whole_file(path, text, secret_mode, Existing::refuse);
}

Result<void> check_endpoint(const std::string& text, bool listening) {
  constexpr std::string_view scheme = "tcp://";
  const auto colon = text.rfind(':');
  int port = -1;
  if (text.starts_with(scheme) && colon != std::string::npos && colon > scheme.size()) {
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
    if (parsed.ec != std::errc() || parsed.ptr != end) port = -1;
  }
  const bool host_ok = colon != std::string::npos && colon > scheme.size() &&
                       text.find_first_of(" \t\n;/", scheme.size()) == std::string::npos &&
                       (listening || text.substr(scheme.size(), colon - scheme.size()) != "*");
  if (host_ok && port >= (listening ? 0 : 1) && port <= 65535) return {};
  return fail(errc::bad_endpoint, fmt::format("'{}' is no endpoint: write tcp://HOST:PORT, such as "
                                              "tcp://login1:7400",
                                              text));
}

}  // namespace scanyard::net
