//! Mustache templates from web/templates, filled with values that are escaped by their type and not
//! by the template: what is not Html cannot reach the page unescaped, whatever the template says.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "web/html/escape.hpp"

namespace scanyard::web {

/// A value in a template: text, ready markup, a condition, a list or an object.
class Node {
 public:
  using List = std::vector<Node>;
  using Object = std::vector<std::pair<std::string, Node>>;

  Node(bool condition) : value_(condition) {}
  Node(Html markup) : value_(std::move(markup)) {}
  Node(std::string_view text) : value_(escaped(text)) {}
  Node(const std::string& text) : value_(escaped(text)) {}
  Node(const char* text) : value_(escaped(text)) {}
  Node(List list) : value_(std::move(list)) {}
  Node(Object object) : value_(std::move(object)) {}

  const std::variant<bool, Html, List, Object>& value() const { return value_; }

 private:
  std::variant<bool, Html, List, Object> value_;
};

/// Fills the embedded template `name` ("run.html"). A name that the template uses and the data does
/// not have is a programmer error and aborts: silence would be a hole in a page.
/// A condition is a bool; an empty text counts as true in mustache, so give a bool beside it.
Html render(std::string_view name, const Node::Object& data);

}  // namespace scanyard::web
