// One value of the file with its key path and its place: the cursor that reads the sections.
//
// If a value is not what it should be, read_*() leaves `out` unchanged and reports a problem. The rest of the file is
// still read, so that everything wrong is found in one run.
//
// LIFETIME  borrows the tree and the problems; both must outlive it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.hpp"
#include "config/problems.hpp"
#include "daemon/base/choice.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::config {

// The smallest and the largest allowed value.
template <class T>
struct Bounds {
  T min;
  T max;
};

inline constexpr std::size_t kMaxListItems = 256;
inline constexpr std::string_view kNotSupported = "not supported by this version of logsniffd";

// 'text', cut to a length that a message can hold.
std::string quoted(std::string_view text);

// "on line 3", or "in FILE:3" if `here` is in another file.
std::string where(const Mark& mark, const Mark& here);

class Value {
 public:
  Value(const Node& root, Problems& problems) : Value(root, root.mark, {}, {}, problems) {}

  [[nodiscard]] std::string_view name() const { return name_; }  // its key; empty in a list
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const Mark& key_mark() const { return key_mark_; }
  [[nodiscard]] bool is_null() const { return node_->kind == Node::Kind::null; }
  [[nodiscard]] bool is_list() const { return node_->kind == Node::Kind::list; }
  [[nodiscard]] bool is_mapping() const { return node_->kind == Node::Kind::mapping; }
  // The scalar `text` without quotes.
  [[nodiscard]] bool is_plain(std::string_view text) const;
  // Null, '' or []: what "off" looks like.
  [[nodiscard]] bool is_empty() const;

  // Problems with the value, with its key, and with a key that should be inside it. Messages about the value show
  // references such as ${PORT} as they are written, and never what took their place.
  void fail(std::string message) const;
  void fail_shown(std::string message) const;  // names the value by shown() only, so no piece of it can be in the rest
  void warn(std::string message) const;
  void fail_key(std::string message) const;
  void fail_missing(std::string_view key, std::string message) const;

  // The scalar as text. Reports a problem and returns nothing if the value is not a scalar, or if one of its references
  // could not be replaced.
  [[nodiscard]] std::optional<std::string> text() const;
  void read_bool(bool& out) const;
  void read_count(Bounds<std::uint64_t> bounds, std::uint64_t& out) const;
  void read_size(Bounds<std::uint64_t> bounds, std::uint64_t& out) const;
  void read_duration(Bounds<Duration> bounds, Duration& out) const;
  // The same, or the value as it is written if that has references.
  [[nodiscard]] std::string shown(std::string value) const;
  // The index of the value in `words`.
  [[nodiscard]] std::optional<std::size_t> choice(std::span<const std::string_view> words) const;
  // The value that the word stands for.
  template <class T, std::size_t N>
  void read_choice(const std::array<Choice<T>, N>& choices, T& out) const {
    if (const auto found = choice(words_of(choices))) out = choices[*found].value;
  }
  // A whole number without quotes, sign or leading zero. Reports a problem and returns nothing if it is not one.
  [[nodiscard]] std::optional<std::uint64_t> number() const;

  // The items of a list. Reports a problem and returns none if the value is not a list, or holds more
  // than kMaxListItems.
  [[nodiscard]] std::vector<Value> items() const;
  // The values of a mapping; duplicate keys are reported. Reports a problem and returns none if the value is not a
  // mapping. Null is an empty mapping: a section whose keys are all commented out.
  [[nodiscard]] std::vector<Value> members() const;
  // The keys of a mapping, and the value of the first key with that name. Neither reports a problem.
  [[nodiscard]] std::vector<std::string_view> keys() const;
  [[nodiscard]] std::optional<Value> find(std::string_view key) const;

 private:
  Value(const Node& node, Mark key_mark, std::string path, std::string_view name, Problems& problems);

  [[nodiscard]] Value member(const Entry& entry) const;
  [[nodiscard]] const Mark& mark() const;
  void fail_kind(std::string_view expected) const;

  const Node* node_;
  Mark key_mark_;
  std::string path_;
  std::string_view name_;
  Problems* problems_;
};

}  // namespace logsniffd::config
