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
  // The code alone where the message is shown already.
  const std::string code(error.code().text);
  const std::string whole = error.to_string();
  const std::string detail = whole == error.message() ? code : code + ": " + whole;
  const std::string detail_with_message = code + ": " + whole;
  if (error.code().text == "store.not_found" || error.code().text == "ids.bad_run_id") {
    return {404, "Not found", error.message(), detail};
  }
  if (error.code().text == "store.ambiguous") {
    return {409, "Several runs fit", error.message() + " Type more of the id.", detail};
  }
  return {500, "This could not be read", "The coordinator could not read what this page needs.",
          detail_with_message};
}

}  // namespace scanyard::web
