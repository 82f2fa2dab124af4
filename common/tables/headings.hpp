//! Rows and columns of a table: the values of keys, and their text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scanyard::tables {

/// True for keys that say what is learned (task, group, train, ...): columns by default. All others
/// say what learns it, or how: rows by default.
bool describes_task(std::string_view key);

/// Text of a key in a JSON object: texts bare, numbers as they stand, "" where the key is missing.
/// A text that is no JSON object has no keys.
class KeyTexts {
 public:
  explicit KeyTexts(std::string_view json_object);

  /// By reference to a member of this object, or to an empty text.
  const std::string& text(const std::string& key) const;
  bool has(const std::string& key) const;
  void erase(const std::string& key);
  /// Adds the keys that only `other` has.
  void merge(const KeyTexts& other);
  std::vector<std::string> keys() const;  ///< sorted

  /// "bdlru m=5": texts bare, numbers with their key; missing keys left out.
  std::string label(const std::vector<std::string>& keys) const;
  std::vector<std::string> texts(const std::vector<std::string>& keys) const;

 private:
  struct Member {
    std::string key, text;
    bool bare = false;
  };
  const Member* find(const std::string& key) const;
  std::vector<Member> members_;
};

}  // namespace scanyard::tables
