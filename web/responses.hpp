//! Responses of each kind, with the headers that keep the page to itself.
#pragma once

#include <cstdint>
#include <string>

#include "web/http.hpp"
#include "web/pages/page.hpp"

namespace scanyard::web {

/// The headers that every response has: content only from here and no inline script or style, no
/// guessing of types, no referrer, no frame, nothing kept by shared caches.
Headers security_headers();

/// A whole page or, for a page that is open already, its <main> alone.
struct PageAnswer {
  int status = 200;
  PageKind kind = PageKind::live;
  bool fragment = false;
  std::uint64_t change_number = 0;
};
Response page_response(const Page& page, const PageAnswer& answer);

/// `type` such as "text/csv; charset=utf-8". With a file name browsers save it under that.
Response file_response(std::string type, std::string body, const std::string& file_name = {});
Response json_response(int status, std::string body);
Response plain_response(int status, std::string body);
/// 303: whatever was asked for, GET that address.
Response redirect_response(const std::string& address);

/// Answers 304 when the request names the response's ETag in If-None-Match.
Response unless_known(Response response, const Request& request);

}  // namespace scanyard::web
