# Writes OUTPUT, a C++ file that defines scanyard::web::asset() over FILES (separated by commas).
# Run at build time by the rule in CMakeLists.txt: cmake -DOUTPUT=... -DFILES=... -P embed.cmake
set(cases "")
string(REPLACE "," ";" FILES "${FILES}")
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" content)
  string(APPEND cases "    {\"${name}\", R\"~~~~(${content})~~~~\"},\n")
endforeach()
file(WRITE "${OUTPUT}.new" "// Written by web/embed.cmake.
#include \"web/assets.hpp\"

#include <utility>

namespace scanyard::web {

std::optional<std::string_view> asset(std::string_view name) {
  using namespace std::string_view_literals;
  static constexpr std::pair<std::string_view, std::string_view> files[] = {
${cases}  };
  for (const auto& [file, content] : files) {
    if (file == name) return content;
  }
  return std::nullopt;
}

}  // namespace scanyard::web
")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
