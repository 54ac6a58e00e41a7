#include "daemon/framing/record_start.hpp"

#include <algorithm>
#include <array>

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;

constexpr std::array kLevels{"TRACE"sv, "DEBUG"sv, "INFO"sv,   "NOTICE"sv,   "WARN"sv,   "WARNING"sv, "ERROR"sv,
                             "ERR"sv,   "FATAL"sv, "CRIT"sv,   "CRITICAL"sv, "SEVERE"sv, "ALERT"sv,   "EMERG"sv,
                             "FINE"sv,  "FINER"sv, "FINEST"sv, "CONFIG"sv,   "VERBOSE"sv};
// With the colon, because these are also words of a sentence. Microsoft.Extensions.Logging shortens them to
// four letters.
constexpr std::array kLowerLevels{"trace:"sv, "debug:"sv, "info:"sv, "notice:"sv, "warn:"sv, "warning:"sv,
                                  "error:"sv, "fatal:"sv, "trce:"sv, "dbug:"sv,   "fail:"sv, "crit:"sv};
constexpr std::array kPairs{"level="sv, "time="sv, "ts="sv, "msg="sv};
constexpr auto kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec"sv;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
char at(std::string_view text, std::size_t i) { return i < text.size() ? text[i] : '\0'; }

template <class Words>
bool starts_with_any(std::string_view text, const Words& words) {
  return std::any_of(words.begin(), words.end(),
                     [text](std::string_view word) { return word.front() == text.front() && text.starts_with(word); });
}

std::size_t digits(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && end - from < 20 && is_digit(text[end])) ++end;
  return end - from;
}

// "2026-09-21", "01/May/2023", "12:00:01", "20260921T", "1700000000.1"
bool is_time(std::string_view text) {
  // Most times look like "2026-09-21" or "2026/09/21".
  if (text.size() >= 10 && (text[4] == '-' || text[4] == '/') && text[7] == text[4] && is_digit(text[0]) &&
      is_digit(text[1]) && is_digit(text[2]) && is_digit(text[3]) && is_digit(text[5]) && is_digit(text[8])) {
    return true;
  }
  const std::size_t first = digits(text, 0);
  if (first == 0) return false;
  const char separator = at(text, first);
  if (separator == '-' || separator == '/' || separator == '.' || separator == ':') {
    if (first > 4) return first == 10 && separator == '.' && is_digit(at(text, 11));
    std::size_t second = digits(text, first + 1);
    if (second == 0 && separator != ':' && is_upper(at(text, first + 1))) second = 3;
    if (second == 0) return false;
    const std::size_t behind = first + 1 + second;
    return at(text, behind) == separator && is_digit(at(text, behind + 1));
  }
  const bool more = separator == ' ' || separator == 'T' || separator == '-' || separator == '_';
  if (first == 6 || first == 8) return more && is_digit(at(text, first + 1)) && is_digit(at(text, first + 2));
  return (first == 10 || first == 13) && (separator == ' ' || separator == ',');
}

bool is_month(std::string_view text) {
  const std::size_t found = kMonths.find(text.substr(0, 3));
  return text.size() >= 6 && found != kMonths.npos && found % 3 == 0 && text[3] == ' ' &&
         (is_digit(text[4]) || (text[4] == ' ' && is_digit(text[5])));
}

// "E0501 10:00:00" (glog), "E, [2023-05-01" (Ruby)
bool is_letter_level(std::string_view text) {
  return (is_digit(at(text, 1)) && digits(text, 1) == 4 && at(text, 5) == ' ') || text.substr(1).starts_with(", [");
}

bool is_level(std::string_view text) {
  if (is_letter_level(text)) return true;
  std::size_t end = 0;
  while (end < text.size() && end < 9 && is_upper(text[end])) ++end;
  if (end < 3 || is_letter(at(text, end)) || is_digit(at(text, end)) || at(text, end) == '_') return false;
  return std::any_of(kLevels.begin(), kLevels.end(), [word = text.substr(0, end)](std::string_view level) {
    return level.front() == word.front() && level == word;
  });
}

}  // namespace

RecordStart record_start(std::string_view line) {
  if (line.empty()) return RecordStart::none;
  const char front = line.front();
  if (is_digit(front)) return is_time(line) ? RecordStart::time : RecordStart::none;
  if (is_upper(front)) {
    if (is_level(line)) return RecordStart::level;
    return is_month(line) ? RecordStart::time : RecordStart::none;
  }
  switch (front) {
    case '[':
      return is_time(line.substr(1)) ? RecordStart::time : RecordStart::bracket;
    case '<':
      return is_digit(at(line, 1)) ? RecordStart::time : RecordStart::none;
    case '{':
      return RecordStart::object;
    case '\x1b':
      return RecordStart::escape;
    case 't':
    case 'd':
    case 'i':
    case 'n':
    case 'w':
    case 'e':
    case 'f':
    case 'c':
    case 'l':
    case 'm':
      if (starts_with_any(line, kLowerLevels)) return RecordStart::level;
      return starts_with_any(line, kPairs) ? RecordStart::pair : RecordStart::none;
    default:
      return RecordStart::none;
  }
}

}  // namespace logsniffd::framing
