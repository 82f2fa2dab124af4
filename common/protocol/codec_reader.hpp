//! Reads a described structure (fields.hpp) from CBOR: members in any order, each at most once,
//! required ones all there, unknown ones ignored.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "common/protocol/cbor_reader.hpp"
#include "common/protocol/errc.hpp"
#include "common/protocol/fields.hpp"
#include "common/protocol/texts.hpp"

namespace scanyard::protocol {

class CodecReader {
 public:
  explicit CodecReader(std::string_view bytes) : cbor_(bytes) {}

  Result<void> finish() { return cbor_.finish(); }
  void fail_here(ErrorCode code, std::string_view what) { cbor_.fail_here(code, what); }

  void read(bool& value, Limit) { value = cbor_.boolean(); }
  void read(std::int32_t& value, Limit limit) {
    value = static_cast<std::int32_t>(
        cbor_.integer(limit.minimum, std::min<std::int64_t>(limit.maximum, INT32_MAX)));
  }
  void read(std::int64_t& value, Limit limit) {
    value = cbor_.integer(limit.minimum, limit.maximum);
  }
  void read(std::uint64_t& value, Limit limit) {
    value = static_cast<std::uint64_t>(cbor_.integer(limit.minimum, limit.maximum));
  }
  void read(double& value, Limit) { value = cbor_.real(); }
  void read(std::string& value, Limit limit) { value = cbor_.text(limit.minimum, limit.maximum); }
  void read(TimePoint& value, Limit) { value.ms = cbor_.integer(INT64_MIN, INT64_MAX); }
  void read(Duration& value, Limit limit) { read(value.ms, limit); }
  template <class Tag>
  void read(StrongInt<Tag>& value, Limit limit) {
    read(value.value, limit);
  }
  void read(RunId& value, Limit) {
    const auto bytes = cbor_.bytes(value.bytes.size());
    if (!bytes.empty()) std::memcpy(value.bytes.data(), bytes.data(), bytes.size());
  }
  void read(Token& value, Limit) {
    cbor_.enter_array(2, 2);
    read(value.epoch, any);
    read(value.number, any);
    cbor_.leave();
  }
  void read(AttemptEnd& value, Limit) { read_choice(value, attempt_end_from_text); }
  void read(Acknowledged::Verdict& value, Limit) { read_choice(value, verdict_from_text); }
  void read(EpochPoint& value, Limit) {
    cbor_.enter_array(6, 6);
    read(value.epoch, count32);
    read(value.step, any);
    for (double* number : {&value.train_loss, &value.test_accuracy, &value.test_micro_accuracy,
                           &value.test_perplexity}) {
      *number = cbor_.real();
    }
    cbor_.leave();
  }
  template <class T>
  void read(std::vector<T>& values, Limit limit) {
    const std::int64_t count = cbor_.enter_array(limit.minimum, limit.maximum);
    for (std::int64_t i = 0; i < count && !cbor_.failed(); ++i) {
      cbor_.at_element(i);
      read(values.emplace_back(), any);
    }
    cbor_.leave();
  }
  template <class T>
  requires std::is_class_v<T>
  void read(T& value, Limit) {
    const std::int64_t pairs = cbor_.enter_map();
    std::uint64_t seen = 0;
    for (std::int64_t i = 0; i < pairs && !cbor_.failed(); ++i) {
      const auto name = cbor_.text(0, limits::name_bytes_max);
      cbor_.at_member(name);
      Member member{*this, name, seen};
      fields(member, value);
      if (!member.found) cbor_.skip();
    }
    cbor_.at_member({});
    if (!cbor_.failed()) {
      Missing missing{*this, seen};
      fields(missing, value);
    }
    cbor_.leave();
  }

 private:
  /// Reads the one member whose name it is.
  struct Member {
    CodecReader& reader;
    std::string_view name;
    std::uint64_t& seen;
    bool found = false;
    int index = 0;

    template <class T>
    void operator()(const char* candidate, T& value, Limit limit) {
      const std::uint64_t bit = std::uint64_t{1} << index++;
      if (found || name != candidate) return;
      found = true;
      if ((seen & bit) != 0) return reader.fail_here(errc::bad_members, "is there twice");
      seen |= bit;
      reader.read_member(value, limit);
    }
  };
  /// Complains about the first required member that was not there.
  struct Missing {
    CodecReader& reader;
    std::uint64_t seen;
    int index = 0;

    template <class T>
    void operator()(const char* name, T&, Limit) {
      const bool there = (seen >> index++ & 1) != 0;
      if (!there) reader.fail_here(errc::bad_members, fmt::format("lacks '{}'", name));
    }
    template <class T>
    void operator()(const char*, std::optional<T>&, Limit) {
      ++index;
    }
  };

  template <class T>
  void read_member(T& value, Limit limit) {
    read(value, limit);
  }
  template <class T>
  void read_member(std::optional<T>& value, Limit limit) {
    read(value.emplace(), limit);
  }
  template <class Enum>
  void read_choice(Enum& value, std::optional<Enum> (*from_text)(std::string_view)) {
    const auto text = cbor_.text(0, limits::code_bytes_max);
    if (const auto choice = from_text(text)) {
      value = *choice;
    } else {
      cbor_.fail_here(errc::bad_value, "must be one of the known words");
    }
  }

  CborReader cbor_;
};

}  // namespace scanyard::protocol
