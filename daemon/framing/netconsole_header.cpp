#include "daemon/framing/netconsole_header.hpp"

#include <charconv>

namespace logsniffd::framing {
namespace {

constexpr std::uint64_t kMaxLevel = 191;  // 24 facilities with 8 severities each

bool is_digit(char c) { return c >= '0' && c <= '9'; }
// What a release or a key may consist of; the kernel escapes everything else.
bool is_printable(char c) { return c > ' ' && c < 0x7f; }

std::string_view up_to(std::string_view text, char stop) { return text.substr(0, text.find(stop)); }

template <class Number>
bool read_number(std::string_view digits, Number& number) {
  if (digits.empty() || !is_digit(digits.front()) || (digits.size() > 1 && digits.front() == '0')) return false;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size();
}

bool is_release(std::string_view word) {
  if (word.size() > kMaxNetconsoleRelease || word.find('.') == word.npos) return false;
  for (const char c : word) {
    if (!is_printable(c)) return false;
  }
  return true;
}

// Whether each is KEY=VALUE, and KEY is not empty.
bool are_keys(std::string_view keys) {
  while (!keys.empty()) {
    const std::string_view key = up_to(keys, ',');
    const std::size_t equals = key.find('=');
    if (equals == 0 || equals == key.npos) return false;
    for (const char c : key) {
      if (c < ' ' || c == 0x7f) return false;
    }
    if (key.size() == keys.size()) return true;
    keys.remove_prefix(key.size() + 1);
    if (keys.empty()) return false;  // a comma without a key after it
  }
  return true;
}

}  // namespace

std::optional<NetconsoleHeader> read_netconsole_header(std::string_view text) {
  if (!may_be_netconsole(as_bytes(text))) return std::nullopt;
  const std::size_t end = text.substr(0, kMaxNetconsoleHeader).find(';');
  if (end == text.npos) return std::nullopt;
  const std::string_view whole = text.substr(0, end);

  NetconsoleHeader header;
  header.size = end + 1;
  std::string_view rest = whole;
  // The next word, which ends with a comma.
  const auto take = [&rest] {
    const std::string_view word = up_to(rest, ',');
    rest.remove_prefix(word.size() == rest.size() ? word.size() : word.size() + 1);
    return word;
  };
  std::string_view level = take();
  if (is_release(level)) {
    header.release = level;
    level = take();
  }
  if (!read_number(level, header.level) || header.level > kMaxLevel) return std::nullopt;
  header.seq_digits = take();
  header.usec_digits = take();
  if (!read_number(header.seq_digits, header.seq) || !read_number(header.usec_digits, header.usec)) {
    return std::nullopt;
  }
  header.flag = take();
  if (header.flag != "-" && header.flag != "c" && header.flag != "+") return std::nullopt;
  header.keys = rest;
  if (!are_keys(rest) || (rest.empty() && whole.back() == ',')) return std::nullopt;
  return header;
}

std::string_view netconsole_value(const NetconsoleHeader& header, std::string_view key) {
  std::string_view keys = header.keys;
  while (!keys.empty()) {
    const std::string_view each = up_to(keys, ',');
    if (each.size() > key.size() && each.starts_with(key) && each[key.size()] == '=')
      return each.substr(key.size() + 1);
    keys.remove_prefix(each.size() == keys.size() ? each.size() : each.size() + 1);
  }
  return {};
}

std::optional<NetconsoleFragment> read_netconsole_fragment(std::string_view value) {
  const std::string_view offset = up_to(value, '/');
  if (offset.size() == value.size()) return std::nullopt;
  NetconsoleFragment fragment{};
  const bool good =
      read_number(offset, fragment.offset) && read_number(value.substr(offset.size() + 1), fragment.total);
  if (!good) return std::nullopt;
  return fragment;
}

}  // namespace logsniffd::framing
