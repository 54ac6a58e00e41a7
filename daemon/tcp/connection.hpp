// One TCP connection: its two directions and its phase. Owned by ConnectionTable.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstdint>

#include "daemon/base/time.hpp"
#include "daemon/tcp/flow_key.hpp"
#include "daemon/tcp/reassembler.hpp"

namespace logsniffd::tcp {

enum class Phase : std::uint8_t {
  embryonic,    // only SYNs were seen
  silent,       // the handshake is over, no data yet
  established,  // data was seen
  closed,       // both directions ended; remembered for a while, so that late copies do not open a new one
};

// A SYN into a running connection that does not belong to it (RFC 9293, 3.10.7.4; RFC 5961, 4): either a new connection
// of a host that lost its memory, or a forgery. The other side decides, by what it acknowledges. If that side was never
// heard, the sender itself decides, by continuing after its SYN.
struct RivalSyn {
  std::uint32_t first_seq = 0;  // of the first byte after the SYN
  std::uint8_t direction = 0;
  bool pending = false;
};

struct Connection : boost::intrusive::list_base_hook<> {
  FlowKey key{};
  std::uint32_t slot = 0;
  RivalSyn rival;
  Phase phase = Phase::embryonic;
  std::uint8_t heard = 0;             // one bit for each direction in which segments were seen
  std::uint8_t opener = 0;            // the direction that was seen first
  std::uint16_t ingress[2] = {0, 0};  // SegmentView::ingress of the first segment of each direction
  PacketTime last_seen{};
  PacketTime queued_at{};  // when it was last put at the end of its list
  Reassembler streams[2];
};

// The size of an idle connection. The budget is 256 bytes, including its place in the index and what the
// pipeline keeps.
static_assert(sizeof(Connection) <= 160);

inline StreamIdentity identity(const Connection& connection, std::uint8_t direction) {
  return {{connection.slot, direction}, connection.ingress[direction], connection.key};
}

inline Address opener_of(const Connection& connection) {
  return flow_of(connection.key, connection.opener).src.address;
}

inline bool closed(const Connection& connection) {
  return connection.streams[0].ended() && connection.streams[1].ended();
}

using ConnectionList = boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>>;

}  // namespace logsniffd::tcp
