#include "web/site.hpp"

#include <charconv>

#include "web/api/json.hpp"
#include "web/assets.hpp"
#include "web/pages/error_page.hpp"
#include "web/responses.hpp"
#include "web/routes.hpp"
#include "web/target.hpp"

namespace scanyard::web {
namespace {

/// Whether the page of another site (or of another server on this machine) asks, for something
/// inside itself. Following a link to here is no such request, and nor is what sends no such
/// header: curl, and browsers over plain HTTP from elsewhere, who are held off by the cookie's
/// SameSite.
bool asked_by_another_page(const Request& request) {
  const auto site = find_header(request.headers, "Sec-Fetch-Site");
  if (!site || *site == "same-origin" || *site == "none") return false;
  return find_header(request.headers, "Sec-Fetch-Mode") != "navigate" ||
         find_header(request.headers, "Sec-Fetch-Dest") != "document";
}

/// Style, script and icon: nothing secret, and the page for those who may see nothing needs them.
std::optional<Response> static_file(const Target& target) {
  static constexpr std::pair<std::string_view, const char*> files[] = {
      {"style.css", "text/css; charset=utf-8"},
      {"plot.css", "text/css; charset=utf-8"},
      {"live.js", "text/javascript; charset=utf-8"},
      {"icon.svg", "image/svg+xml"},
  };
  const auto& segments = target.segments;
  std::string name;
  if (segments.size() == 2 && segments[0] == "static") name = segments[1];
  if (segments.size() == 1 && segments[0] == "favicon.ico") name = "icon.svg";
  for (const auto& [file, type] : files) {
    if (name != file) continue;
    return file_response(type, std::string(asset(file).value()));
  }
  return std::nullopt;
}

/// 401 with what is wrong; `address` leads to the same page again, without what did not help.
Response not_signed_in(const Target& target, bool wrong_token) {
  ErrorView view;
  view.status = 401;
  view.title = wrong_token ? "This address is out of date" : "Not signed in";
  view.message = wrong_token
                     ? "The token in the address is not this coordinator's."
                     : "This page is protected by a token, as it may show unpublished results.";
  view.sign_in = true;
  if (!wrong_token) view.retry_address = target.without_parameter("token");
  Response response;
  if (wants_json(target)) {
    response = json_response(
        401, error_json("web.not_signed_in", "Send the token as 'Authorization: Bearer TOKEN'."));
  } else {
    PageAnswer as;
    as.status = 401;
    as.kind = PageKind::still;
    as.fragment = target.parameter("fragment").has_value();
    response = page_response(error_page(view), as);
  }
  response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"scanyard\"");
  return response;
}

/// The token in the address becomes a cookie, and the address is left without it. A browser that
/// comes from another site would not send a strict cookie along a redirect, so there a page of our
/// own leads on.
Response signed_in(const Access& access, const Target& target, const Request& request) {
  const std::string clean = target.without_parameter("token");
  Response response;
  if (find_header(request.headers, "Sec-Fetch-Site") == "cross-site") {
    response.headers = security_headers();
    response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    response.headers.emplace_back("Refresh", "0;url=" + clean);
    response.body = "<!doctype html><html lang=\"en\"><title>Scanyard</title><a href=\"" +
                    escaped(clean).text + "\">Go on to the page</a></html>\n";
  } else {
    response = redirect_response(clean);
  }
  response.headers.emplace_back("Set-Cookie", cookie_header(access.token));
  return response;
}

/// The change number that the asking page was made from: what it has seen last, in a reconnect.
std::uint64_t events_since(const Target& target, const Request& request) {
  const auto last_id = find_header(request.headers, "Last-Event-ID");
  const std::string text = last_id ? std::string(*last_id) : target.parameter("since").value_or("");
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Response event_stream(const Target& target, const Request& request) {
  Response response;
  response.headers = security_headers();
  response.headers.emplace_back("Content-Type", "text/event-stream");
  response.events_since = events_since(target, request);
  return response;
}

}  // namespace

Response Site::respond(const Request& request) const {
  if (!host_is_allowed(access_, find_header(request.headers, "Host"))) {
    return plain_response(
        403,
        "This server does not answer under this name. Open it as localhost or 127.0.0.1, or start "
        "the coordinator with this name allowed.\n");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    Response response = plain_response(405, "This page can change nothing: only GET and HEAD.\n");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  if (asked_by_another_page(request))
    return plain_response(403, "This server answers its own pages only.\n");
  const auto target = parse_target(request.target);
  if (!target) return plain_response(400, "This address is not a path.\n");
  if (auto file = static_file(*target)) return unless_known(std::move(*file), request);
  if (const auto token = target->parameter("token")) {
    if (equal_in_constant_time(*token, access_.token)) return signed_in(access_, *target, request);
    // An old bookmark of somebody who is signed in already only needs its address cleaned.
    if (shows_token(access_, request)) return redirect_response(target->without_parameter("token"));
    return not_signed_in(*target, true);
  }
  if (!shows_token(access_, request)) return not_signed_in(*target, false);
  if (target->segments.size() == 1 && target->segments[0] == "events")
    return event_stream(*target, request);
  const auto answered = answer(model_, *target);
  if (!answered) {
    const Error error(ErrorCode{"store.not_found"}, "There is no page at this address.");
    return error_response(*target, error, model_.change_number());
  }
  if (!*answered) return error_response(*target, answered->error(), model_.change_number());
  return unless_known(**answered, request);
}

}  // namespace scanyard::web
