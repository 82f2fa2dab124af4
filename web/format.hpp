//! Numbers, times and JSON values as people read them. Pure: "now" is an argument.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/time.hpp"

namespace scanyard::web {

/// "0.984"; a minus is U+2212, so that columns of signed numbers line up.
std::string fixed(double value, int decimals);
/// "+0.012", "−0.034", "0.000": a difference always shows its sign.
std::string with_sign(double value, int decimals);
/// At most `digits` significant digits without needless zeros: "1.04e+06", "31400", "0.0213".
std::string significant(double value, int digits);

/// "2026-11-22 13:49:23 UTC".
std::string utc_text(TimePoint time);
/// "2026-11-22T13:49:23.120Z", for <time datetime> and JSON.
std::string utc_machine(TimePoint time);
/// "now", "12 s ago", "3 min ago", "5 h ago", "2 d ago"; a time that lies ahead counts as now.
std::string age_text(TimePoint now, TimePoint then);
/// "4 min 10 s" between two times.
std::string span_text(TimePoint from, TimePoint to);
/// "1.5 GiB", "850 MiB".
std::string bytes_text(std::int64_t bytes);

using Fields = std::vector<std::pair<std::string, std::string>>;

/// Members of a JSON object in their order, texts without their quotes: lr -> 0.001. Text that is
/// no JSON object gives one field without a name that holds it whole.
Fields json_fields(std::string_view json);

/// "lr 0.001, seed 1".
std::string fields_text(const Fields& fields);

/// Compares texts so that "2" comes before "10" and "1e-4" before "0.001".
bool natural_less(const std::string& a, const std::string& b);

}  // namespace scanyard::web
