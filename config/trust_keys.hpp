// The keys of a syslog sink that say whose facility and tag its messages have.
#pragma once

#include "config/model.hpp"
#include "config/value.hpp"

namespace logsniffd::config {

// A keyword, such as local0.
void read_facility(const Value& value, SyslogTarget& syslog);
void read_tag(const Value& value, SyslogTarget& syslog);
void read_trust(const Value& value, SyslogTarget& syslog);
// Warns if lines of remote senders will look like those of this host. REQUIRED: the sink's other keys were read.
void warn_of_trust(const Value& value, const SyslogTarget& syslog);

}  // namespace logsniffd::config
