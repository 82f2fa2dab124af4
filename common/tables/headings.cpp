#include "common/tables/headings.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace scanyard::tables {

bool describes_task(std::string_view key) {
  static constexpr std::array<std::string_view, 7> keys = {"task",  "group",  "train", "length",
                                                           "vocab", "copies", "test"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

KeyTexts::KeyTexts(std::string_view json_object) {
  const auto object = nlohmann::json::parse(json_object, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return;
  for (const auto& [key, value] : object.items()) {
    const bool bare = value.is_string();
    members_.push_back({key, bare ? value.get<std::string>() : value.dump(), bare});
  }
}

const KeyTexts::Member* KeyTexts::find(const std::string& key) const {
  for (const auto& member : members_) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

const std::string& KeyTexts::text(const std::string& key) const {
  static const std::string none;
  const Member* member = find(key);
  return member == nullptr ? none : member->text;
}

void KeyTexts::erase(const std::string& key) {
  std::erase_if(members_, [&](const Member& member) { return member.key == key; });
}

void KeyTexts::merge(const KeyTexts& other) {
  for (const auto& member : other.members_) {
    if (find(member.key) == nullptr) members_.push_back(member);
  }
}

bool KeyTexts::has(const std::string& key) const {
  return find(key) != nullptr;
}

std::vector<std::string> KeyTexts::keys() const {
  std::vector<std::string> keys;
  for (const auto& member : members_)
    keys.push_back(member.key);
  return keys;
}

std::string KeyTexts::label(const std::vector<std::string>& keys) const {
  std::string label;
  for (const auto& key : keys) {
    const Member* member = find(key);
    if (member == nullptr) continue;
    if (!label.empty()) label += ' ';
    label += member->bare ? member->text : key + "=" + member->text;
  }
  return label;
}

std::vector<std::string> KeyTexts::texts(const std::vector<std::string>& keys) const {
  std::vector<std::string> texts;
  for (const auto& key : keys)
    texts.push_back(text(key));
  return texts;
}

}  // namespace scanyard::tables
