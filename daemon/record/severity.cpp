#include "daemon/record/severity.hpp"

#include <algorithm>

namespace logsniffd::record {

std::optional<Severity> parse_severity(std::string_view keyword) {
  const auto found = std::find(kSeverityNames.begin(), kSeverityNames.end(), keyword);
  if (found == kSeverityNames.end()) return std::nullopt;
  return static_cast<Severity>(found - kSeverityNames.begin());
}

}  // namespace logsniffd::record
