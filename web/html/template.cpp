#include "web/html/template.hpp"

#include <mustache.hpp>

#include "common/assert.hpp"
#include "web/assets.hpp"

namespace scanyard::web {
namespace {

namespace mustache = kainjow::mustache;

mustache::data to_data(const Node& node);

mustache::data to_data(const Node::Object& object) {
  mustache::data data{mustache::data::type::object};
  for (const auto& [name, value] : object)
    data.set(name, to_data(value));
  return data;
}

mustache::data to_data(const Node& node) {
  if (const auto* condition = std::get_if<bool>(&node.value())) return mustache::data{*condition};
  if (const auto* markup = std::get_if<Html>(&node.value())) return mustache::data{markup->text};
  if (const auto* list = std::get_if<Node::List>(&node.value())) {
    mustache::data data{mustache::data::type::list};
    for (const auto& item : *list)
      data.push_back(to_data(item));
    return data;
  }
  return to_data(std::get<Node::Object>(node.value()));
}

/// Finds values as mustache does, but a name without a value ends the program.
class StrictContext : public mustache::context<std::string> {
 public:
  using context::context;
  const mustache::data* get(const std::string& name) const override {
    const mustache::data* value = context::get(name);
    SCANYARD_ASSERT(value != nullptr, "a template must only use names that its page provides");
    return value;
  }
};

}  // namespace

Html render(std::string_view name, const Node::Object& object) {
  const auto text = asset(name);
  SCANYARD_ASSERT(text.has_value(), "a page must name an embedded template");
  mustache::mustache page{std::string(*text)};
  SCANYARD_ASSERT(page.is_valid(), "an embedded template must be valid mustache");
  page.set_custom_escape([](const std::string& value) { return value; });
  const mustache::data data = to_data(object);
  StrictContext context(&data);
  return Html{page.render(context)};
}

}  // namespace scanyard::web
