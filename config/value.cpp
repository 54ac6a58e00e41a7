#include "config/value.hpp"

#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "config/substitution.hpp"
#include "daemon/base/nearest.hpp"
#include "daemon/base/quantity.hpp"

namespace logsniffd::config {
namespace {

constexpr std::size_t kQuotedLength = 64;  // of a value in a message, and of a key in a path

std::string shortened(std::string_view text) {
  if (text.size() <= kQuotedLength) return std::string(text);
  return std::string(text.substr(0, kQuotedLength)) + "...";
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// What sizes and times have in common: their name, their notation and their check.
template <class T>
struct QuantityKind {
  std::string_view name;
  std::string_view example;
  std::string_view units;
  std::optional<T> (*parse)(std::string_view);
  std::string (*format)(T);
};

constexpr QuantityKind<std::uint64_t> kSize{"size", "64KiB", "B, KiB, MiB, GiB", parse_size, format_size};
constexpr QuantityKind<Duration> kTime{"time", "30s", "us, ms, s, m, h, d", parse_duration, format_duration};
constexpr QuantityKind<std::uint64_t> kCount{"number", "1000", "", nullptr,
                                             [](std::uint64_t number) { return std::to_string(number); }};

template <class T>
void read_within(const Value& value, const QuantityKind<T>& kind, T found, Bounds<T> bounds, T& out) {
  if (found >= bounds.min && found <= bounds.max) {
    out = found;
    return;
  }
  const std::string range = fmt::format("use {} to {}", kind.format(bounds.min), kind.format(bounds.max));
  if (found == T{}) {
    value.fail_shown(fmt::format("0 never means unlimited; {}", range));
  } else {
    value.fail_shown(fmt::format("{} is too {}; {}", value.shown(kind.format(found)),
                                 found < bounds.min ? "small" : "large", range));
  }
}

template <class T>
void read_quantity(const Value& value, const QuantityKind<T>& kind, Bounds<T> bounds, T& out) {
  const auto text = value.text();
  if (!text) return;
  if (const auto found = kind.parse(*text)) return read_within(value, kind, *found, bounds, out);
  if (text->find_first_not_of('0') == std::string::npos && !text->empty()) {
    return read_within(value, kind, T{}, bounds, out);  // a bare 0 means "off" elsewhere, but not here: report it
  }
  if (all_digits(*text)) {
    value.fail_shown(fmt::format("{} has no unit; use a {} such as {} (units: {})", value.shown(quoted(*text)),
                                 kind.name, kind.example, kind.units));
  } else {
    value.fail_shown(fmt::format("{} is not a valid {}; use a {} such as {} (units: {})", value.shown(quoted(*text)),
                                 kind.name, kind.name, kind.example, kind.units));
  }
}

}  // namespace

std::string quoted(std::string_view text) { return "'" + shortened(text) + "'"; }

std::string where(const Mark& mark, const Mark& here) {
  return mark.file == here.file ? fmt::format("on line {}", mark.line) : "in " + mark.place("");
}

Value::Value(const Node& node, Mark key_mark, std::string path, std::string_view name, Problems& problems)
    : node_(&node), key_mark_(std::move(key_mark)), path_(std::move(path)), name_(name), problems_(&problems) {}

bool Value::is_plain(std::string_view text) const {
  return node_->kind == Node::Kind::scalar && !node_->quoted && node_->text == text;
}

bool Value::is_empty() const {
  if (node_->kind == Node::Kind::scalar) return node_->text.empty();
  return node_->kind == Node::Kind::null || (node_->kind == Node::Kind::list && node_->items.empty());
}

// A null has no place of its own: yaml-cpp places it after the key, or on the next line.
const Mark& Value::mark() const { return is_null() ? key_mark_ : node_->mark; }

void Value::fail(std::string message) const { problems_->error(mark(), path_, as_written(*node_, std::move(message))); }

void Value::fail_shown(std::string message) const {
  problems_->error(mark(), path_, node_->secret ? as_written(*node_, std::move(message)) : std::move(message));
}

void Value::warn(std::string message) const {
  problems_->warning(mark(), path_, as_written(*node_, std::move(message)));
}

void Value::fail_key(std::string message) const { problems_->error(key_mark_, path_, std::move(message)); }

void Value::fail_missing(std::string_view key, std::string message) const {
  problems_->error(key_mark_, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key), std::move(message));
}

void Value::fail_kind(std::string_view expected) const {
  switch (node_->kind) {
    case Node::Kind::null:
      return fail(fmt::format("has no value; give it {}, or remove the key", expected));
    case Node::Kind::scalar:
      return fail_shown(fmt::format("{} is a single value, but should be {}", shown(quoted(node_->text)), expected));
    case Node::Kind::list:
      return fail(fmt::format("this is a list, but should be {}", expected));
    case Node::Kind::mapping:
      return fail(fmt::format("this is a mapping, but should be {}; quote text that starts with {{", expected));
  }
}

std::optional<std::string> Value::text() const {
  if (node_->kind != Node::Kind::scalar) {
    fail_kind("a single value");
  } else if (!node_->fault.empty()) {
    problems_->error(mark(), path_, node_->fault);
  } else {
    return node_->text;
  }
  return std::nullopt;
}

std::string Value::shown(std::string value) const {
  return node_->written.empty() ? std::move(value) : quoted(node_->written);
}

void Value::read_bool(bool& out) const {
  if (is_plain("true") || is_plain("false")) {
    out = node_->text == "true";
  } else if (const auto found = text()) {
    fail_shown(fmt::format("{} is neither true nor false; write one of them, without quotes", shown(quoted(*found))));
  }
}

std::optional<std::uint64_t> Value::number() const {
  const auto found = text();
  if (!found) return std::nullopt;
  if (!all_digits(*found) || (found->size() > 1 && found->front() == '0')) {
    fail_shown(fmt::format("{} is not a whole number; use digits only", shown(quoted(*found))));
    return std::nullopt;
  }
  if (node_->quoted) {
    fail_shown(fmt::format("{} is text; write the number without quotes", shown(quoted(*found))));
    return std::nullopt;
  }
  std::uint64_t number = 0;
  const auto result = std::from_chars(found->data(), found->data() + found->size(), number);
  if (result.ec == std::errc{}) return number;
  fail(fmt::format("{} is larger than every number that is allowed; use fewer digits", quoted(*found)));
  return std::nullopt;
}

void Value::read_count(Bounds<std::uint64_t> bounds, std::uint64_t& out) const {
  if (const auto found = number()) read_within(*this, kCount, *found, bounds, out);
}

void Value::read_size(Bounds<std::uint64_t> bounds, std::uint64_t& out) const {
  read_quantity(*this, kSize, bounds, out);
}

void Value::read_duration(Bounds<Duration> bounds, Duration& out) const { read_quantity(*this, kTime, bounds, out); }

std::optional<std::size_t> Value::choice(std::span<const std::string_view> words) const {
  const auto found = text();
  if (!found) return std::nullopt;
  const auto word = std::find(words.begin(), words.end(), *found);
  if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  fail_shown(fmt::format("{} is unknown{}; use {}", shown(quoted(*found)), did_you_mean(*found, words), any_of(words)));
  return std::nullopt;
}

std::vector<Value> Value::items() const {
  if (node_->kind != Node::Kind::list) {
    fail_kind("a list, such as [a, b]");
    return {};
  }
  if (node_->items.size() > kMaxListItems) {
    fail(fmt::format("has {} items; use at most {}", node_->items.size(), kMaxListItems));
    return {};
  }
  // Files that are included add to a list. The first item of each has the number 0.
  std::vector<Value> all;
  std::size_t first_of_file = 0;
  for (const Node& item : node_->items) {
    if (!all.empty() && item.mark.file != all.back().node_->mark.file) first_of_file = all.size();
    // A null item has no useful place of its own: the place of the list is used, if that is in the same file.
    const bool placeless = item.kind == Node::Kind::null && item.mark.file == node_->mark.file;
    const Mark& place = placeless ? node_->mark : item.mark;
    all.push_back(Value(item, place, fmt::format("{}[{}]", path_, all.size() - first_of_file), {}, *problems_));
  }
  return all;
}

Value Value::member(const Entry& entry) const {
  const std::string key = shortened(entry.key);
  return Value(entry.value, entry.mark, path_.empty() ? key : path_ + "." + key, entry.key, *problems_);
}

std::vector<Value> Value::members() const {
  if (is_null()) return {};
  if (node_->kind != Node::Kind::mapping) {
    fail_kind("a mapping, with one 'key: value' per line");
    return {};
  }
  std::vector<Value> all;
  absl::flat_hash_map<std::string_view, const Mark*> first;
  for (const Entry& entry : node_->entries) {
    all.push_back(member(entry));
    const auto [seen, added] = first.emplace(entry.key, &entry.mark);
    if (!added)
      all.back().fail_key(fmt::format("duplicate key, first {}; remove one of them", where(*seen->second, entry.mark)));
  }
  return all;
}

std::vector<std::string_view> Value::keys() const {
  std::vector<std::string_view> all;
  for (const Entry& entry : node_->entries) all.push_back(entry.key);
  return all;
}

std::optional<Value> Value::find(std::string_view key) const {
  for (const Entry& entry : node_->entries) {
    if (entry.key == key) return member(entry);
  }
  return std::nullopt;
}

}  // namespace logsniffd::config
