#include "tasks/data/generate.hpp"

#include "common/assert.hpp"

namespace scanyard::data {
namespace {

const TaskGenerator& generator_of(std::string_view task) {
  static const TaskGenerator all[] = {permutation_generator(), selective_copying_generator()};
  for (const TaskGenerator& generator : all) {
    if (generator.name == task) return generator;
  }
  SCANYARD_ASSERT(false, "every task of the catalog has a generator");
  return all[0];
}

Sequences sequences(const catalog::ShapeConfig& shape, std::uint64_t seed, std::int64_t first,
                    std::int64_t count) {
  const TaskGenerator& generator = generator_of(shape.task);
  const auto length = static_cast<std::size_t>(shape.length);
  Sequences result{count, shape.length, {}, {}};
  result.inputs.resize(static_cast<std::size_t>(count) * length);
  result.targets.resize(result.inputs.size());
  const std::span inputs(result.inputs);
  const std::span targets(result.targets);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const auto instance = static_cast<std::uint32_t>(first + std::int64_t(i));
    generator.write(shape, seed, instance, inputs.subspan(i * length, length),
                    targets.subspan(i * length, length));
  }
  return result;
}

}  // namespace

TaskData generate(const catalog::ShapeConfig& shape, std::uint64_t seed) {
  return {sequences(shape, seed, 0, shape.train), sequences(shape, seed, shape.train, shape.test)};
}

}  // namespace scanyard::data
