//! What each address shows, for requests that may see it (site.hpp decides that).
#pragma once

#include <cstdint>
#include <optional>

#include "common/error.hpp"
#include "common/read_model.hpp"
#include "web/http.hpp"
#include "web/target.hpp"

namespace scanyard::web {

/// The answer to GET `target`. Errors: those of the read model; nothing = no such address.
std::optional<Result<Response>> answer(ReadModel& model, const Target& target);

/// True when the answer to an error should be JSON: the address is one of /api.
bool wants_json(const Target& target);

/// The page or the JSON for what went wrong.
Response error_response(const Target& target, const Error& error, std::uint64_t change_number);

}  // namespace scanyard::web
