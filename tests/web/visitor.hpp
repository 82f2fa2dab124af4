//! Somebody who asks a site for pages, with or without the token.
#pragma once

#include <string>

#include "tests/web/fake_read_model.hpp"
#include "web/site.hpp"

namespace scanyard::web {

inline const std::string right_token = "f00dfacef00dfacef00dface";

/// A site over the fake read model, and requests to it.
struct Visitor {
  explicit Visitor(FakeReadModel::Content content = FakeReadModel::Content::full)
      : model(content), site(model, Access{right_token, true, {}}) {}

  /// GET with the token as a script sends it.
  Response get(const std::string& target, Headers more = {}) const {
    Headers headers = {{"Host", "localhost:7480"}, {"Authorization", "Bearer " + right_token}};
    headers.insert(headers.end(), more.begin(), more.end());
    return site.respond({"GET", target, std::move(headers)});
  }
  /// Without a token.
  Response get_as_stranger(const std::string& target, Headers more = {}) const {
    Headers headers = {{"Host", "localhost:7480"}};
    headers.insert(headers.end(), more.begin(), more.end());
    return site.respond({"GET", target, std::move(headers)});
  }

  mutable FakeReadModel model;
  Site site;
};

inline std::string header(const Response& response, std::string_view name) {
  return std::string(find_header(response.headers, name).value_or("(none)"));
}

}  // namespace scanyard::web
