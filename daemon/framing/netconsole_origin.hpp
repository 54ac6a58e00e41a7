// Where and when a netconsole datagram was seen.
#pragma once

#include <cstdint>

#include "daemon/base/endpoint.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::framing {

struct NetconsoleOrigin {
  Flow flow;
  PacketTime seen_at;
  std::uint16_t interface = 0;  // the owner's own number for it
};

}  // namespace logsniffd::framing
