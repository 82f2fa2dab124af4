#include "common/yaml/node.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "common/utf8.hpp"
#include "common/yaml/errc.hpp"

namespace scanyard::yaml {
namespace {

std::size_t count_nodes(const Node& node) {
  std::size_t count = 1;
  for (const auto& item : node.items)
    count += count_nodes(item);
  for (const auto& entry : node.entries)
    count += count_nodes(entry.value);
  return count;
}

/// Builds the tree from yaml-cpp's events. After the first error all further events are ignored.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const std::string& source) : source_(source) {}

  const std::optional<Error>& error() const { return error_; }
  Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1)
      refuse(errc::syntax, mark, "a second document starts here ('---'); a file holds one");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(make(Node::Kind::null, mark), mark, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      return refuse(errc::syntax, mark, "this alias refers to something that is not complete yet");
    }
    nodes_ += found->second.nodes;
    add(found->second.node, mark, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = make(Node::Kind::scalar, mark);
    node.text = value;
    node.quoted = tag == "!";
    if (!node.quoted) refuse_tag(mark, tag);
    add(std::move(node), mark, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    YAML::Mark mark;
    YAML::anchor_t anchor = 0;
    std::optional<std::string> key;  ///< of a mapping: the key whose value comes next
    int key_line = 1;
  };
  struct Anchored {
    Node node;
    std::size_t nodes = 0;
  };

  void refuse(ErrorCode code, const YAML::Mark& mark, const std::string& message) {
    if (!error_) error_ = error_at(code, source_, mark.line + 1, message);
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?")
      refuse(errc::syntax, mark, fmt::format("tags such as '{}' are not used here", tag));
  }

  Node make(Node::Kind kind, const YAML::Mark& mark) {
    ++nodes_;
    Node node;
    node.kind = kind;
    node.line = mark.line + 1;
    return node;
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    refuse_tag(mark, tag);
    if (stack_.size() >= depth_max) {
      refuse(errc::too_large, mark, fmt::format("nested more than {} levels deep", depth_max));
    }
    if (error_) return;
    stack_.push_back({make(kind, mark), mark, anchor, std::nullopt, 1});
  }

  void close() {
    if (error_) return;
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    add(std::move(frame.node), frame.mark, frame.anchor);
  }

  void add(Node node, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (nodes_ > nodes_max)
      refuse(errc::too_large, mark, fmt::format("the file has more than {} values", nodes_max));
    if (error_) return;
    if (anchor != 0) anchors_[anchor] = {node, count_nodes(node)};
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& parent = stack_.back();
    if (parent.node.is_sequence()) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      add_key(parent, node, mark);
    } else {
      // yaml-cpp marks a missing value where the next token stands, which may be far below.
      if (node.is_null()) node.line = parent.key_line;
      parent.node.entries.push_back({std::move(*parent.key), parent.key_line, std::move(node)});
      parent.key.reset();
    }
  }

  void add_key(Frame& parent, const Node& key, const YAML::Mark& mark) {
    if (!key.is_scalar()) return refuse(errc::syntax, mark, "a key must be plain text");
    const auto same = std::find_if(parent.node.entries.begin(), parent.node.entries.end(),
                                   [&](const Entry& entry) { return entry.key == key.text; });
    if (same != parent.node.entries.end()) {
      return refuse(errc::doubled_key, mark,
                    fmt::format("the key '{}' stands here a second time; the first is in line {}",
                                key.text, same->line));
    }
    parent.key = key.text;
    parent.key_line = key.line;
  }

  const std::string& source_;
  std::optional<Error> error_;
  int documents_ = 0;
  std::size_t nodes_ = 0;
  Node root_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
};

/// yaml-cpp takes any bytes; what is not text must not get into ids and databases.
std::optional<Error> check_bytes(std::string_view text, const std::string& source) {
  if (text.size() > bytes_max) {
    return error_at(errc::too_large, source, 1,
                    fmt::format("the file has more than {} bytes", bytes_max));
  }
  int number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, length);
    text.remove_prefix(length);
    if (!is_valid_utf8(line)) {
      return error_at(errc::syntax, source, number, "the file is not UTF-8 text");
    }
    for (const char c : line) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte >= 0x20 && byte != 0x7F) || c == '\n' || c == '\r' || c == '\t') continue;
      return error_at(errc::syntax, source, number,
                      fmt::format("a control character (code {}) is in the file", byte));
    }
  }
  return std::nullopt;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const auto& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Error error_at(ErrorCode code, const std::string& source, int line, const std::string& message) {
  return Error(code, fmt::format("{}:{}: {}", source, line, message));
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::mapping:
      return "a mapping";
    case Node::Kind::scalar:
      break;
  }
  return node.quoted ? fmt::format("\"{}\"", node.text) : fmt::format("'{}'", node.text);
}

Result<Document> parse(std::string_view text, const std::string& source) {
  if (auto error = check_bytes(text, source)) return tl::unexpected<Error>(std::move(*error));
  // yaml-cpp 0.7 takes a quote that is never closed as closed by a line break at the end of the
  // file, and with it all lines in between as text; without that line break it is the error that it
  // should be.
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  TreeBuilder builder(source);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
      if (builder.error()) break;
    }
  } catch (const YAML::Exception& e) {
    if (!builder.error())
      return fail_at(errc::syntax, source, std::max(e.mark.line, 0) + 1,
                     "not valid YAML: " + e.msg);
  }
  if (builder.error()) return tl::unexpected<Error>(*builder.error());
  return Document{source, builder.take_root()};
}

}  // namespace scanyard::yaml
