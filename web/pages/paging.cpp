#include "web/pages/paging.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/assert.hpp"
#include "common/text.hpp"

namespace scanyard::web {
namespace {

std::string number(std::size_t value) {
  return with_thousands(static_cast<long long>(value));
}

}  // namespace

Part part_at(std::size_t asked, std::size_t total, std::size_t size_max) {
  SCANYARD_ASSERT(size_max > 0, "a part holds at least one thing");
  const std::size_t last = total == 0 ? 0 : (total - 1) / size_max * size_max;
  const std::size_t first = std::min(asked / size_max * size_max, last);
  return {first, std::min(first + size_max, total), total, size_max};
}

Html part_links(std::string_view what, const Part& part,
                const std::function<std::string(std::size_t first)>& address) {
  if (part.is_all()) return {};
  const std::size_t last = part_at(part.total, part.total, part.size_max).first;
  std::string links;
  const auto add = [&](const char* name, std::size_t first) {
    links += fmt::format(" <a href=\"{}\">{}</a>", escaped(address(first)).text, name);
  };
  if (part.first > 0) {
    add("first", 0);
    add("previous", part.first - part.size_max);
  }
  if (part.end < part.total) {
    add("next", part.end);
    add("last", last);
  }
  return Html{fmt::format(
      "<p class=\"links\">{} {} to {} of {}:<span class=\"no-print\">{}</span></p>\n",
      escaped(what).text, number(part.first + 1), number(part.end), number(part.total), links)};
}

}  // namespace scanyard::web
