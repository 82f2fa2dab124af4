#include "web/responses.hpp"

#include <algorithm>

#include "common/hash.hpp"

namespace scanyard::web {
namespace {

Response make(int status, std::string type, std::string body) {
  Response response;
  response.status = status;
  response.headers = security_headers();
  response.headers.emplace_back("Content-Type", std::move(type));
  response.body = std::move(body);
  return response;
}

void add_etag(Response& response, std::string_view hashed) {
  response.headers.emplace_back("ETag", "\"" + checksum_hex(hashed).substr(0, 24) + "\"");
}

}  // namespace

Headers security_headers() {
  return {
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
       "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"X-Frame-Options", "DENY"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cache-Control", "private, no-cache"},
  };
}

Response page_response(const Page& page, const PageAnswer& answer) {
  Response response =
      make(answer.status, "text/html; charset=utf-8",
           answer.fragment ? main_element(page, answer.change_number).text
                           : document(page, answer.change_number, answer.kind).text);
  // Hashed with change number 0: a change elsewhere must not send this page again.
  add_etag(response, (answer.fragment ? "fragment" : "document") + main_element(page, 0).text);
  return response;
}

Response file_response(std::string type, std::string body, const std::string& file_name) {
  Response response = make(200, std::move(type), std::move(body));
  add_etag(response, response.body);
  if (!file_name.empty()) {
    response.headers.emplace_back("Content-Disposition",
                                  "attachment; filename=\"" + file_name + "\"");
  }
  return response;
}

Response json_response(int status, std::string body) {
  Response response = make(status, "application/json", std::move(body));
  add_etag(response, response.body);
  return response;
}

Response plain_response(int status, std::string body) {
  return make(status, "text/plain; charset=utf-8", std::move(body));
}

Response redirect_response(const std::string& address) {
  Response response = plain_response(303, "See " + address + "\n");
  response.headers.emplace_back("Location", address);
  return response;
}

Response unless_known(Response response, const Request& request) {
  const auto etag = find_header(response.headers, "ETag");
  const auto known = find_header(request.headers, "If-None-Match");
  if (response.status != 200 || !etag || !known) return response;
  // A list of quoted tags, perhaps marked weak; our tags hold no character that needs more care.
  if (*known != "*" && known->find(*etag) == std::string_view::npos) return response;
  response.status = 304;
  response.body.clear();
  std::erase_if(response.headers, [](const auto& header) {
    return header.first == "Content-Type" || header.first == "Content-Disposition";
  });
  return response;
}

}  // namespace scanyard::web
