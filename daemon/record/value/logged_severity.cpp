#include "daemon/record/value/logged_severity.hpp"

#include "daemon/text/word_table.hpp"

namespace logsniffd::record::value {
namespace {

constexpr text::WordTable::Word says(std::string_view word, Severity severity) {
  return {word, static_cast<std::uint8_t>(severity)};
}

using enum Severity;
constexpr text::WordTable::Word kWords[] = {
    says("emerg", emerg),      says("emergency", emerg),    says("panic", emerg),
    says("alert", alert),      says("crit", crit),          says("critical", crit),
    says("fatal", crit),       says("dpanic", crit),        says("err", err),
    says("error", err),        says("severe", err),         says("warn", warning),
    says("warning", warning),  says("notice", notice),      says("info", info),
    says("information", info), says("informational", info), says("debug", debug),
    says("dbug", debug),       says("trace", debug),        says("verbose", debug),
    says("silly", debug),      says("fine", debug),         says("finer", debug),
    says("finest", debug),
};
constexpr text::WordTable kTable{kWords};

std::optional<int> read_number(std::string_view text) {
  constexpr std::size_t kDigits = 3;
  if (text.empty() || text.size() > kDigits) return std::nullopt;
  int number = 0;
  for (const char c : text) {
    if (!text::is_digit(c)) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

// 100, 200, 250, 300, 400, 500, 550, 600 (Monolog\Level).
std::optional<Severity> monolog(int number) {
  if (number >= 600) return number == 600 ? std::optional(emerg) : std::nullopt;
  if (number >= 550) return alert;
  if (number >= 500) return crit;
  if (number >= 400) return err;
  if (number >= 300) return warning;
  if (number >= 250) return notice;
  return number >= 200 ? info : debug;
}

std::optional<Severity> from_number(int number) {
  constexpr Severity kBunyan[] = {debug, debug, info, warning, err, crit};
  if (number <= 7) return static_cast<Severity>(number);
  if (number >= 100) return monolog(number);
  // Loggers' own levels stand at or between these. OpenTelemetry's 9, 13, 17 and 21 are not among them.
  if (number < 10 || number >= 70 || number % 5 != 0) return std::nullopt;
  return kBunyan[number / 10 - 1];
}

}  // namespace

std::optional<Severity> read_severity_word(std::string_view word) {
  while (!word.empty() && word.back() == ' ') word.remove_suffix(1);  // log4j's %-5p
  word = word.substr(0, word.find_first_of("+-"));
  const std::size_t place = kTable.find(word);
  if (place == text::WordTable::kNone) return std::nullopt;
  return static_cast<Severity>(kTable.value(place));
}

std::optional<Severity> read_severity(std::string_view text) {
  const std::optional<int> number = read_number(text);
  return number ? from_number(*number) : read_severity_word(text);
}

std::optional<Severity> read_python_severity(std::string_view text) {
  constexpr Severity kPython[] = {debug, info, warning, err, crit};
  const std::optional<int> number = read_number(text);
  if (!number || *number < 10 || *number >= 60) return std::nullopt;
  return kPython[*number / 10 - 1];
}

std::optional<Severity> read_severity_letter(std::string_view text) {
  if (text.empty() || text.size() > 2 || (text.size() == 2 && (text[0] != 'D' || text[1] < '1' || text[1] > '5'))) {
    return std::nullopt;
  }
  switch (text.front()) {
    case 'F':
      return crit;
    case 'E':
      return err;
    case 'W':
      return warning;
    case 'I':
      return info;
    case 'D':
      return debug;
    default:
      return std::nullopt;
  }
}

}  // namespace logsniffd::record::value
