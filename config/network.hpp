// "10.0.0.0/8", "2001:db8::/32", or one address.
#pragma once

#include <string_view>

#include "daemon/base/error.hpp"
#include "daemon/filter/flow_options.hpp"

namespace logsniffd::config {

// Fails if the text is not a network in CIDR notation (RFC 4632, 3.1; RFC 4291, 2.3), or has host bits set. In the
// second case the message names the network that was probably meant.
[[nodiscard]] Expected<filter::Network> parse_network(std::string_view text);

}  // namespace logsniffd::config
