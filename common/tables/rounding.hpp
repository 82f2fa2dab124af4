//! Rounding as a person does it: half away from zero, on the shortest decimal digits of the number,
//! so that 0.285 becomes 0.29 although its binary value lies just below.
#pragma once

#include <string>

namespace scanyard::tables {

/// "0.290" for (0.29, 3); never "-0.000". Not finite: "inf", "-inf", "nan". decimals in 0..15.
std::string fixed_text(double value, int decimals);

/// The double nearest to fixed_text(). Not finite numbers stay.
double round_decimals(double value, int decimals);

/// Decimals of the shortest text of a finite number: 2 for 0.98, 0 for 3.
int decimals_of(double value);

}  // namespace scanyard::tables
