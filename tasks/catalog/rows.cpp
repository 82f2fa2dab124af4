#include "tasks/catalog/rows.hpp"

namespace scanyard::catalog {
namespace {

template <class Row>
const Row* find_row(std::span<const Row> rows, std::string_view name) {
  for (const Row& row : rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace

std::span<const ModelRow> models() {
  static const std::vector<ModelRow> rows = {bdlru_row(), hlru_row(), lstm_row()};
  return rows;
}

std::span<const TaskRow> tasks() {
  static const std::vector<TaskRow> rows = {permutation_row(), selective_copying_row()};
  return rows;
}

const ModelRow* find_model(std::string_view name) {
  return find_row(models(), name);
}
const TaskRow* find_task(std::string_view name) {
  return find_row(tasks(), name);
}

}  // namespace scanyard::catalog
