// "514" and "6000-6010".
#pragma once

#include <string_view>

#include "daemon/base/error.hpp"
#include "daemon/filter/flow_options.hpp"

namespace logsniffd::config {

[[nodiscard]] Expected<std::uint16_t> parse_port(std::string_view text);
// One port, or two with a hyphen, the smaller first.
[[nodiscard]] Expected<filter::PortRange> parse_port_range(std::string_view text);

}  // namespace logsniffd::config
