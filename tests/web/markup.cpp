#include "tests/web/markup.hpp"

#include <array>
#include <regex>
#include <set>

namespace scanyard::web {
namespace {

const std::set<std::string> known_elements = {
    "html",  "head",   "meta",   "title", "link",    "script",  "body",   "a",          "div",
    "nav",   "header", "footer", "main",  "section", "ul",      "li",     "form",       "label",
    "input", "button", "p",      "h1",    "h2",      "h3",      "table",  "thead",      "tbody",
    "tr",    "th",     "td",     "span",  "br",      "strong",  "code",   "pre",        "bdi",
    "time",  "dl",     "dt",     "dd",    "details", "summary", "figure", "figcaption", "caption",
    "svg",   "rect",   "g",      "path",  "line",    "text",    "desc",   "noscript"};
const std::set<std::string> void_elements = {"meta", "link", "input", "br"};
const std::set<std::string> known_attributes = {"lang",
                                                "charset",
                                                "name",
                                                "content",
                                                "rel",
                                                "href",
                                                "type",
                                                "src",
                                                "defer",
                                                "class",
                                                "id",
                                                "role",
                                                "aria-label",
                                                "aria-current",
                                                "aria-labelledby",
                                                "aria-describedby",
                                                "action",
                                                "method",
                                                "for",
                                                "placeholder",
                                                "autocomplete",
                                                "spellcheck",
                                                "required",
                                                "data-change",
                                                "data-title",
                                                "data-label",
                                                "scope",
                                                "colspan",
                                                "rowspan",
                                                "tabindex",
                                                "datetime",
                                                "open",
                                                "viewBox",
                                                "preserveAspectRatio",
                                                "width",
                                                "height",
                                                "x",
                                                "y",
                                                "x1",
                                                "x2",
                                                "y1",
                                                "y2",
                                                "d",
                                                "transform",
                                                "text-anchor",
                                                "xmlns"};

void check_attribute(const std::string& element, const std::string& name, const std::string& value,
                     std::vector<std::string>& faults) {
  if (!known_attributes.contains(name)) faults.push_back("attribute " + name + " in " + element);
  const bool address = name == "href" || name == "src" || name == "action";
  if (address && !value.starts_with('#') && (!value.starts_with('/') || value.starts_with("//")))
    faults.push_back("address " + value);
}

/// Checks the attributes of a tag; gives the element's name.
std::string check_tag(const std::string& tag, std::vector<std::string>& faults) {
  static const std::regex start(R"(^([a-z][a-z0-9]*))");
  static const std::regex attribute(R"rx(^\s+([a-zA-Z0-9-]+)(?:="([^"<>]*)")?)rx");
  std::smatch match;
  if (!std::regex_search(tag, match, start)) {
    faults.push_back("no tag: <" + tag + ">");
    return "";
  }
  const std::string element = match[1];
  if (!known_elements.contains(element)) faults.push_back("element " + element);
  std::string rest = match.suffix();
  bool has_source = false;
  while (std::regex_search(rest, match, attribute)) {
    check_attribute(element, match[1], match[2], faults);
    has_source |= match[1] == "src";
    rest = match.suffix();
  }
  if (rest != "" && rest != "/") faults.push_back("rest of a tag: " + rest + " in <" + tag + ">");
  if (element == "script" && !has_source) faults.push_back("an inline script");
  return element;
}

}  // namespace

std::vector<std::string> markup_faults(const std::string& html) {
  std::vector<std::string> faults, open;
  std::size_t at = 0;
  while ((at = html.find('<', at)) != std::string::npos) {
    const std::size_t end = html.find('>', at);
    if (end == std::string::npos) {
      faults.push_back("a tag without an end");
      break;
    }
    const std::string tag = html.substr(at + 1, end - at - 1);
    at = end + 1;
    if (tag == "!doctype html" || tag.starts_with("?xml ")) continue;
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1)) {
        faults.push_back("</" + tag.substr(1) + "> closes " +
                         (open.empty() ? "nothing" : open.back()));
      }
      if (!open.empty()) open.pop_back();
      continue;
    }
    const std::string element = check_tag(tag, faults);
    if (!tag.ends_with('/') && !void_elements.contains(element)) open.push_back(element);
  }
  for (const auto& element : open)
    faults.push_back("<" + element + "> is never closed");
  return faults;
}

std::string visible_text(const std::string& html) {
  static const std::regex tags("<[^>]*>");
  std::string text = std::regex_replace(html, tags, "");
  static constexpr std::array<std::pair<const char*, const char*>, 5> references = {
      {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}}};
  for (const auto& [reference, character] : references) {
    for (std::size_t at = 0; (at = text.find(reference, at)) != std::string::npos; at += 1)
      text.replace(at, std::string(reference).size(), character);
  }
  return text;
}

}  // namespace scanyard::web
