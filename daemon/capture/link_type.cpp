#include <fmt/format.h>

#include "daemon/capture/pcap_handle.hpp"
#include "daemon/capture/raw_packet.hpp"

namespace logsniffd::capture {

std::string to_string(LinkType type) {
  const auto number = static_cast<std::uint16_t>(type);
  std::string name = link_type_name(number);
  return name.empty() ? fmt::format("LINKTYPE {}", number) : name;
}

}  // namespace logsniffd::capture
