#include "daemon/record/syslog/security_event.hpp"

#include <array>

#include "daemon/record/syslog/structured_data.hpp"
#include "daemon/text/text_cursor.hpp"
#include "daemon/text/word_table.hpp"

namespace logsniffd::record::syslog {
namespace {

constexpr text::WordTable::Word band(std::string_view word, Severity severity) {
  return {word, static_cast<std::uint8_t>(severity)};
}
constexpr std::array<text::WordTable::Word, 4> kBands{{band("low", Severity::info), band("medium", Severity::warning),
                                                       band("high", Severity::err), band("very-high", Severity::crit)}};
constexpr text::WordTable kBandTable(kBands);

Severity severity_of_band(std::size_t place) { return static_cast<Severity>(kBandTable.value(place)); }

Severity severity_of(int number) { return severity_of_band(number <= 3 ? 0 : number <= 6 ? 1 : number <= 8 ? 2 : 3); }

}  // namespace

std::optional<Severity> event_severity(std::string_view text) {
  if (text == "10") return severity_of(10);
  if (text.size() == 1 && text::is_digit(text.front())) return severity_of(text.front() - '0');
  const std::size_t place = kBandTable.find(text);
  if (place == text::WordTable::kNone) return std::nullopt;
  return severity_of_band(place);
}

bool add_field(std::vector<Field>& fields, std::string_view name, std::string_view value) {
  if (fields.size() >= kMaxFields) return false;
  fields.push_back({name, value});
  return true;
}

}  // namespace logsniffd::record::syslog
