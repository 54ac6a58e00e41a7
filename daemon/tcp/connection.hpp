// One TCP connection: two directions and where it stands in its life. Owned by ConnectionTable.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstdint>

#include "daemon/base/time.hpp"
#include "daemon/tcp/flow_key.hpp"
#include "daemon/tcp/reassembler.hpp"

namespace logsniffd::tcp {

enum class Phase : std::uint8_t {
  embryonic,    // SYN seen, no data yet
  established,  // data was seen
  closed,       // both directions ended; remembered for a while, so that late copies open no new one
};

struct Connection : boost::intrusive::list_base_hook<> {
  FlowKey key{};
  PacketTime last_seen{};
  PacketTime queued_at{};  // when it was last put at the end of its list
  Reassembler streams[2];
  std::uint32_t slot = 0;
  Phase phase = Phase::embryonic;
};

using ConnectionList = boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>>;

}  // namespace logsniffd::tcp
