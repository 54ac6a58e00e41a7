// The keys of a syslog sink that say how a tls:// target is trusted.
#pragma once

#include "config/model.hpp"
#include "config/value.hpp"

namespace logsniffd::config {

// A mapping of ca, certificate, key, verify and server_name.
void read_tls(const Value& value, sink::net::TlsOptions& tls);
// Checks what no key shows alone. `sink` is the mapping that `tls` belongs to. REQUIRED: its `to` was read.
void check_tls(const Value& sink, std::string_view target);

}  // namespace logsniffd::config
