//! Builds assignments from (key, value) pairs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tasks/catalog/vocabulary.hpp"

namespace scanyard::catalog::test {

struct Given {
  Given(std::string k, int v) : key(std::move(k)), value(std::int64_t(v)) {}
  Given(std::string k, double v) : key(std::move(k)), value(v) {}
  Given(std::string k, const char* v) : key(std::move(k)), value(std::string(v)) {}
  std::string key;
  spec::Value value;
};

inline spec::Assignment assignment(const std::vector<Given>& given) {
  spec::Assignment result(vocabulary().keys().size());
  for (const Given& one : given)
    result.at(vocabulary().find(one.key).value()) = one.value;
  return result;
}

/// `given` with `more` put over it.
inline std::vector<Given> with(std::vector<Given> given, const std::vector<Given>& more) {
  for (const Given& one : more) {
    std::erase_if(given, [&](const Given& other) { return other.key == one.key; });
    given.push_back(one);
  }
  return given;
}

inline spec::Assignment completed(const std::vector<Given>& given) {
  spec::Assignment result = assignment(given);
  const auto ok = vocabulary().complete(result);
  if (!ok) throw std::runtime_error(ok.error().to_string());
  return result;
}

inline std::vector<Given> bdlru_s5() {
  return {{"model", "bdlru"}, {"m", 5},          {"hidden", 64}, {"task", "permutation"},
          {"group", 5},       {"train", 100000}, {"lr", 1e-3}};
}
inline std::vector<Given> lstm_copying() {
  return {{"model", "lstm"},
          {"hidden", 64},
          {"task", "selective_copying"},
          {"train", 20000},
          {"lr", 1e-3}};
}

inline double derived(const char* name, const spec::Assignment& complete) {
  const auto all = vocabulary().derived();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].name == name) return vocabulary().derive(i, complete);
  }
  throw std::runtime_error(std::string("no derived value ") + name);
}

}  // namespace scanyard::catalog::test
