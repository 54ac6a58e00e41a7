#include "daemon/record/json/json_object.hpp"

// simdjson's errors are values here; nothing is thrown.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "daemon/record/json/json_string.hpp"
#include "daemon/text/text_cursor.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::record::json {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::string_view kBom = "\xef\xbb\xbf";
constexpr std::size_t kPadding = simdjson::SIMDJSON_PADDING;
constexpr std::size_t kNamesBytes = kMaxLeaves * kMaxJsonName;

std::string_view without_space_behind(std::string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view trimmed(std::string_view text) {
  if (text.starts_with(kBom)) text.remove_prefix(kBom.size());
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return without_space_behind(text);
}

// Digits of a number of any length: the library's own numbers end at 64 bits.
bool eat_digits(text::TextCursor& cursor) { return !cursor.take_digits(cursor.rest().size()).empty(); }

// RFC 8259, 6.
bool is_number(std::string_view token) {
  if (token.size() == 1) return text::is_digit(token.front());
  text::TextCursor cursor(token);
  cursor.eat('-');
  if (!cursor.eat('0') && !eat_digits(cursor)) return false;
  if (cursor.eat('.') && !eat_digits(cursor)) return false;
  if (cursor.eat('e') || cursor.eat('E')) {
    if (!cursor.eat('+')) cursor.eat('-');
    if (!eat_digits(cursor)) return false;
  }
  return cursor.at_end();
}

}  // namespace

struct JsonObject::State {
  State() : names(std::make_unique_for_overwrite<char[]>(kNamesBytes)) { leaves.reserve(kMaxLeaves); }

  bool make_room(std::size_t bytes);
  bool read(std::string_view text);
  simdjson::error_code iterate_masked(std::string_view text);
  void mask(std::string_view text);
  std::string_view as_sent(std::string_view in_copy) const;
  bool read_object(ondemand::object object, std::string_view prefix, int depth);
  bool read_member(ondemand::field&& member, std::string_view prefix, int depth);
  bool read_key(const ondemand::field& member, std::string_view& key);
  bool read_nested_object(ondemand::value& value, std::string_view name, int depth);
  bool read_array(ondemand::value& value, std::string_view name, int depth);
  bool check_element(ondemand::value& value, int depth);
  bool read_scalar(ondemand::value& scalar, std::string_view& value, JsonLeaf::Kind& kind);
  bool resolve(std::string_view& string);
  bool resolve_masked(std::string_view& string);
  bool resolve_bytes(std::size_t i);
  std::string_view join(std::string_view prefix, std::string_view key);
  std::string_view raw_from(const char* begin);
  void add(std::string_view name, std::string_view value, JsonLeaf::Kind kind);

  ondemand::parser parser;
  ondemand::document document;
  std::unique_ptr<char[]> copy;              // of the text, padded
  std::unique_ptr<char[]> sent;              // the text as it was sent, if `copy` is masked
  std::unique_ptr<std::uint8_t[]> resolved;  // strings without their escapes; never longer than the text
  std::size_t capacity = 0;                  // of each of the three, in bytes of text
  std::uint8_t* resolved_end = nullptr;
  std::string_view padded;        // the text, in `copy`
  std::unique_ptr<char[]> names;  // joined names
  std::size_t names_used = 0;
  std::vector<JsonLeaf> leaves;
  bool complete = true;
  bool masked = false;
  bool arrays = false;
};

bool JsonObject::State::make_room(std::size_t bytes) {
  if (bytes <= capacity) return true;
  const std::size_t wanted = std::max<std::size_t>(2 * capacity, std::max<std::size_t>(bytes, 4096));
  if (parser.allocate(wanted) != simdjson::SUCCESS) return false;
  copy = std::make_unique_for_overwrite<char[]>(wanted + kPadding);
  sent.reset();
  resolved = std::make_unique_for_overwrite<std::uint8_t[]>(wanted + kPadding);
  capacity = wanted;
  return true;
}

bool JsonObject::State::read(std::string_view text) {
  leaves.clear();
  complete = true;
  masked = false;
  arrays = false;
  text = trimmed(text);
  // Rejects most of what is not JSON before it is copied.
  if (text.size() < 2 || text.front() != '{' || text.back() != '}' || !make_room(text.size())) return false;
  std::memcpy(copy.get(), text.data(), text.size());
  std::memset(copy.get() + text.size(), ' ', kPadding);
  padded = {copy.get(), text.size()};
  resolved_end = resolved.get();
  names_used = 0;
  simdjson::error_code error = parser.iterate(padded, capacity + kPadding).get(document);
  if (error == simdjson::UTF8_ERROR) [[unlikely]]
    error = iterate_masked(text);
  if (error != simdjson::SUCCESS) return false;
  ondemand::object object;
  if (document.get_object().get(object) != simdjson::SUCCESS || !read_object(object, {}, 1)) return false;
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;  // nothing follows it
}

// The library refuses bytes that are not UTF-8. It gets the text once more with those bytes masked.
simdjson::error_code JsonObject::State::iterate_masked(std::string_view text) {
  mask(text);
  return parser.iterate(padded, capacity + kPadding).get(document);
}

// Puts a '?' in place of each byte that is not UTF-8. Outside of strings a '?' is as invalid as the byte was.
void JsonObject::State::mask(std::string_view text) {
  if (sent == nullptr) sent = std::make_unique_for_overwrite<char[]>(capacity);
  std::memcpy(sent.get(), text.data(), text.size());
  masked = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = text::utf8_length(text.substr(at));
    if (length == 0) copy[at] = '?';
    at += std::max<std::size_t>(length, 1);
  }
}

// REQUIRED: masked, and `in_copy` is a part of the copy.
std::string_view JsonObject::State::as_sent(std::string_view in_copy) const {
  return {sent.get() + (in_copy.data() - copy.get()), in_copy.size()};
}

bool JsonObject::State::read_object(ondemand::object object, std::string_view prefix, int depth) {
  if (depth > kMaxJsonDepth) return false;
  for (auto each : object) {
    // By reference: a copy costs as much as everything else here.
    if (each.error() != simdjson::SUCCESS || !read_member(std::move(each).value_unsafe(), prefix, depth)) return false;
  }
  return true;
}

bool JsonObject::State::read_member(ondemand::field&& member, std::string_view prefix, int depth) {
  std::string_view name;
  if (!read_key(member, name)) return false;
  if (depth > 1) name = join(prefix, name);
  ondemand::value& value = member.value();
  const std::string_view token = value.raw_json_token();
  if (token.starts_with('{')) return read_nested_object(value, name, depth + 1);
  if (token.starts_with('[')) return read_array(value, name, depth + 1);
  std::string_view text;
  JsonLeaf::Kind kind{};
  if (!read_scalar(value, text, kind)) return false;
  if (text.data() != nullptr) add(name, text, kind);
  return true;
}

bool JsonObject::State::read_key(const ondemand::field& member, std::string_view& key) {
  const char* const begin = member.key().raw();
  const std::string_view rest(begin, static_cast<std::size_t>(padded.end() - begin));
  // The library has seen the quote that ends the key. A quote after a backslash does not end it.
  std::size_t size = find_quote_or_escape(rest, 0);
  const bool escapes = size < rest.size() && rest[size] == '\\';
  while (size < rest.size() && rest[size] == '\\') size = find_quote_or_escape(rest, size + 2);
  if (size >= rest.size()) return false;
  key = rest.substr(0, size);
  if (masked) [[unlikely]]
    key = as_sent(key);
  return !escapes || resolve(key);
}

bool JsonObject::State::read_nested_object(ondemand::value& value, std::string_view name, int depth) {
  ondemand::object object;
  const char* const begin = value.raw_json_token().data();
  if (value.get_object().get(object) != simdjson::SUCCESS) return false;
  const std::size_t before = leaves.size();
  if (!read_object(object, name, depth)) return false;
  if (leaves.size() > before) return true;
  const std::string_view raw = raw_from(begin);
  const bool empty = raw.size() >= 2 && std::all_of(raw.begin() + 1, raw.end() - 1, is_space);
  if (empty) add(name, raw, JsonLeaf::Kind::raw);
  return true;
}

// Kept as text. Its contents are checked, because the library looks only at what it is asked for.
bool JsonObject::State::read_array(ondemand::value& value, std::string_view name, int depth) {
  const char* const begin = value.raw_json_token().data();
  if (!check_element(value, depth)) return false;
  arrays = true;
  add(name, raw_from(begin), JsonLeaf::Kind::raw);
  return true;
}

bool JsonObject::State::check_element(ondemand::value& value, int depth) {
  const std::string_view token = value.raw_json_token();
  if (token.starts_with('[')) {
    ondemand::array array;
    if (depth > kMaxJsonDepth || value.get_array().get(array) != simdjson::SUCCESS) return false;
    for (auto each : array) {
      if (each.error() != simdjson::SUCCESS) return false;
      ondemand::value element = each.value_unsafe();
      if (!check_element(element, depth + 1)) return false;
    }
    return true;
  }
  if (token.starts_with('{')) {
    ondemand::object object;
    if (depth > kMaxJsonDepth || value.get_object().get(object) != simdjson::SUCCESS) return false;
    for (auto each : object) {
      ondemand::field member;
      std::string_view key;
      if (std::move(each).get(member) != simdjson::SUCCESS || !read_key(member, key)) return false;
      if (!check_element(member.value(), depth + 1)) return false;
    }
    return true;
  }
  std::string_view text;
  JsonLeaf::Kind kind{};
  return read_scalar(value, text, kind);
}

// A string without its quotes, a number, true or false; for null a value without data.
bool JsonObject::State::read_scalar(ondemand::value& scalar, std::string_view& value, JsonLeaf::Kind& kind) {
  const std::string_view token = without_space_behind(scalar.raw_json_token());
  if (token.empty()) return false;
  if (token.front() == '"') {
    if (token.size() < 2 || token.back() != '"') return false;
    // Steps over the string. Otherwise the library takes a string before a colon for a name, wherever it stands.
    if (scalar.get_raw_json_string().error() != simdjson::SUCCESS) return false;
    kind = JsonLeaf::Kind::string;
    value = token.substr(1, token.size() - 2);
    if (masked) [[unlikely]]
      value = as_sent(value);
    return resolve(value);
  }
  if (text::is_digit(token.front())) {
    kind = JsonLeaf::Kind::number;
    value = token;
    return is_number(token);
  }
  if (token == "null") return true;
  value = token;
  if (token == "true" || token == "false") {
    kind = JsonLeaf::Kind::boolean;
    return true;
  }
  // Python's loggers write these, for which JSON has no number. They are kept as text.
  if (token == "NaN" || token == "Infinity" || token == "-Infinity") {
    kind = JsonLeaf::Kind::raw;
    return true;
  }
  kind = JsonLeaf::Kind::number;
  return is_number(token);
}

bool JsonObject::State::resolve(std::string_view& string) {
  if (std::memchr(string.data(), '\\', string.size()) == nullptr) return true;
  if (masked) return resolve_masked(string);
  // REQUIRED by unescape(): a quote after the string. The library has seen it.
  const ondemand::raw_json_string raw(reinterpret_cast<const std::uint8_t*>(string.data()));
  std::string_view without;
  std::uint8_t* end = resolved_end;
  if (parser.unescape(raw, end).get(without) != simdjson::SUCCESS) return has_sound_escapes(string);
  resolved_end = end;
  string = without;
  return true;
}

// For strings with bytes that the library would refuse.
bool JsonObject::State::resolve_masked(std::string_view& string) {
  const auto without = unescape(string, reinterpret_cast<char*>(resolved_end));
  if (!without) return has_sound_escapes(string);
  resolved_end += without->size();
  string = *without;
  return true;
}

// The bytes are fewer than the array's own text, and nothing else of that text was resolved.
bool JsonObject::State::resolve_bytes(std::size_t i) {
  JsonLeaf& leaf = leaves[i];
  const auto bytes = read_byte_array(leaf.value, reinterpret_cast<char*>(resolved_end));
  if (!bytes) return false;
  resolved_end += bytes->size();
  leaf = {leaf.name, *bytes, JsonLeaf::Kind::string};
  return true;
}

// Empty if the name is too long; add() leaves such a value out.
std::string_view JsonObject::State::join(std::string_view prefix, std::string_view key) {
  const std::size_t size = prefix.size() + 1 + key.size();
  if (size > kMaxJsonName || names_used + size > kNamesBytes || prefix.data() == nullptr) {
    return {};
  }
  char* const begin = names.get() + names_used;
  std::copy(prefix.begin(), prefix.end(), begin);
  begin[prefix.size()] = '.';
  std::copy(key.begin(), key.end(), begin + prefix.size() + 1);
  names_used += size;
  return {begin, size};
}

// REQUIRED: the array or object at `begin` has just been read, so the comma or bracket after it comes next.
std::string_view JsonObject::State::raw_from(const char* begin) {
  const char* end = padded.data() + padded.size();
  if (document.current_location().get(end) != simdjson::SUCCESS) return {};
  const std::string_view raw = without_space_behind({begin, static_cast<std::size_t>(end - begin)});
  return masked ? as_sent(raw) : raw;
}

void JsonObject::State::add(std::string_view name, std::string_view value, JsonLeaf::Kind kind) {
  if (name.data() == nullptr || name.size() > kMaxJsonName || leaves.size() == kMaxLeaves) {
    complete = false;
    return;
  }
  leaves.push_back({name, value, kind});
}

JsonObject::JsonObject() : state_(std::make_unique<State>()) {}
JsonObject::~JsonObject() = default;

bool JsonObject::read(std::string_view text) {
  if (state_->read(text)) return true;
  state_->leaves.clear();
  return false;
}

bool JsonObject::resolve_bytes(std::size_t leaf) {
  return state_->leaves[leaf].kind == JsonLeaf::Kind::raw && state_->resolve_bytes(leaf);
}

std::span<const JsonLeaf> JsonObject::leaves() const { return state_->leaves; }
bool JsonObject::has_arrays() const { return state_->arrays; }
bool JsonObject::complete() const { return state_->complete; }
bool JsonObject::torn_text() const { return state_->masked; }

}  // namespace logsniffd::record::json
