//! Rows of the table for the ops around the scans. Their reference is a plain loop in double, here.
#pragma once

#include "kernels/gate.hpp"
#include "tests/kernels/ops/op_case.hpp"

namespace scanyard::kernels::test {

/// n positions, V classes.
template <class T>
OpCase cross_entropy_case(std::int64_t n, std::int64_t V);
/// n parameters; inputs are gradient, parameters and both moments, the outputs the last three after
/// one update.
template <class T>
OpCase adamw_case(std::int64_t n);
/// n rows of d features.
template <class T>
OpCase layer_norm_case(std::int64_t n, std::int64_t d);
/// n rows of f inner features.
template <class T>
OpCase swiglu_case(std::int64_t n, std::int64_t f);
/// One step of n sequences of h units.
template <class T>
OpCase lstm_cell_case(std::int64_t n, std::int64_t h);
/// n tokens of a table of V rows with d features.
template <class T>
OpCase embedding_case(std::int64_t n, std::int64_t V, std::int64_t d);
/// n rows of c columns.
template <class T>
OpCase column_sum_case(std::int64_t n, std::int64_t c);
/// n rows of c columns.
template <class T>
OpCase gate_case(Gate gate, GateForm form, std::int64_t n, std::int64_t c);

}  // namespace scanyard::kernels::test
