#include "config/keys.hpp"

#include "daemon/base/nearest.hpp"

namespace logsniffd::config {

void report_unknown(const Value& value, std::span<const std::string_view> known) {
  const std::string hint = did_you_mean(value.name(), known);
  value.fail_key("unknown key" + (hint.empty() ? "; use " + any_of(known) : hint));
}

}  // namespace logsniffd::config
