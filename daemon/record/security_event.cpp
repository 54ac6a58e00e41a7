#include "daemon/record/security_event.hpp"

#include <algorithm>
#include <array>

#include "daemon/record/structured_data.hpp"
#include "daemon/record/text_cursor.hpp"

namespace logsniffd::record {
namespace {

struct Band {
  std::string_view word;  // in lower case
  Severity severity;
};
constexpr std::array<Band, 4> kBands{
    {{"low", Severity::info}, {"medium", Severity::warning}, {"high", Severity::err}, {"very-high", Severity::crit}}};

constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

Severity severity_of(int number) {
  const std::size_t band = number <= 3 ? 0 : number <= 6 ? 1 : number <= 8 ? 2 : 3;
  return kBands[band].severity;
}

}  // namespace

std::optional<Severity> event_severity(std::string_view text) {
  if (text == "10") return severity_of(10);
  if (text.size() == 1 && is_digit(text.front())) return severity_of(text.front() - '0');
  for (const Band& band : kBands) {
    if (std::equal(text.begin(), text.end(), band.word.begin(), band.word.end(),
                   [](char a, char b) { return to_lower(a) == b; })) {
      return band.severity;
    }
  }
  return std::nullopt;
}

bool add_field(std::vector<Field>& fields, std::string_view name, std::string_view value) {
  if (fields.size() >= kMaxFields) return false;
  fields.push_back({name, value});
  return true;
}

}  // namespace logsniffd::record
