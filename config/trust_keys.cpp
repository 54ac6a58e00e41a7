#include "config/trust_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "config/bounds.hpp"

namespace logsniffd::config {

void read_facility(const Value& value, SyslogTarget& syslog) {
  if (const auto found = value.choice(record::kFacilityNames)) syslog.facility = static_cast<std::uint8_t>(*found);
}

void read_tag(const Value& value, SyslogTarget& syslog) {
  const auto tag = value.text();
  if (!tag) return;
  syslog.tag = *tag;
  const bool valid = !tag->empty() && tag->size() <= kMaxTag && std::all_of(tag->begin(), tag->end(), [](char c) {
    return c > ' ' && c <= '~' && c != '[' && c != ']' && c != ':';
  });
  if (!valid) {
    value.fail(fmt::format("{} is not a valid tag; use 1 to {} printable characters, but no spaces, '[', ']' or ':'",
                           quoted(*tag), kMaxTag));
  }
}

void read_trust(const Value& value, SyslogTarget& syslog) {
  bool trust = false;
  value.read_bool(trust);
  syslog.trust = trust;
}

void warn_of_trust(const Value& value, const SyslogTarget& syslog) {
  const auto trust = value.find("trust");
  if (!trust || !syslog.trust.value_or(false) || !syslog.to.starts_with("unix://")) return;
  trust->warn(
      "passes on the facility and the tag that a remote sender chose, so its line may look like one of this host's own "
      "sshd; remove the key unless you trust every sender");
}

}  // namespace logsniffd::config
