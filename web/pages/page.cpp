#include "web/pages/page.hpp"

#include "web/html/template.hpp"

namespace scanyard::web {
namespace {

std::string full_title(const Page& page) {
  return page.title + " - Scanyard";
}

Node section_link(const Page& page, Section section, const char* name, const char* address) {
  return Node::Object{{"name", name}, {"address", address}, {"current", page.section == section}};
}

}  // namespace

Html main_element(const Page& page, std::uint64_t change_number) {
  return render("main.html", {{"change", std::to_string(change_number)},
                              {"title", full_title(page)},
                              {"content", page.content}});
}

Html document(const Page& page, std::uint64_t change_number, PageKind kind) {
  return render(
      "layout.html",
      {{"title", full_title(page)},
       {"live", kind == PageKind::live},
       {"sections",
        Node::List{section_link(page, Section::sweeps, "Sweeps", "/"),
                   section_link(page, Section::workers, "Workers", "/workers"),
                   section_link(page, Section::coordinator, "Coordinator", "/coordinator")}},
       {"main", main_element(page, change_number)}});
}

}  // namespace scanyard::web
