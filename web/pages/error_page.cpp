#include "web/pages/error_page.hpp"

#include "web/html/template.hpp"

namespace scanyard::web {

Page error_page(const ErrorView& view) {
  return {view.title, Section::none,
          render("error.html", {{"title", view.title},
                                {"message", view.message},
                                {"sign_in", view.sign_in},
                                {"retry", !view.retry_address.empty()},
                                {"retry_address", view.retry_address},
                                {"detailed", !view.detail.empty()},
                                {"detail", view.detail},
                                {"home", !view.sign_in}})};
}

ErrorView view_of(const Error& error) {
  const std::string detail = std::string(error.code().text) + ": " + error.to_string();
  if (error.code().text == "store.not_found" || error.code().text == "ids.bad_run_id") {
    return {404, "Not found", error.message(), detail};
  }
  if (error.code().text == "store.ambiguous") {
    return {409, "Several runs fit", error.message() + " Type more of the id.", detail};
  }
  return {500, "This could not be read", "The coordinator could not read what this page needs.",
          detail};
}

}  // namespace scanyard::web
