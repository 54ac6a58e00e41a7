// Where a syslog sink sends to: unix:///PATH, udp://HOST:PORT, tcp://HOST:PORT or tls://HOST[:PORT]. An IPv6 address is
// written in brackets.
#pragma once

#include <string_view>

#include "daemon/base/error.hpp"

namespace logsniffd::config {

// Checks only the form; whether anybody listens there is found out when the sink opens.
[[nodiscard]] Status check_syslog_target(std::string_view target);

}  // namespace logsniffd::config
