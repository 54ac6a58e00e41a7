// Where the bytes of a record were seen, and for whom. It travels with them, and is kept with a record that has
// to wait.
#pragma once

#include <cstdint>
#include <utility>

#include "daemon/base/endpoint.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::framing {

// One kind of framing (lane) of one direction of a connection (stream).
struct JoinKey {
  std::uint32_t stream;
  std::uint8_t lane;

  friend bool operator==(const JoinKey&, const JoinKey&) = default;
  template <class Hash>
  friend Hash AbslHashValue(Hash hash, const JoinKey& key) {
    return Hash::combine(std::move(hash), key.stream, key.lane);
  }
};

struct RecordOrigin {
  Flow flow = {};
  PacketTime seen_at{};        // steady (PacketClock)
  std::uint64_t audience = 0;  // the owner's own mask of those who want the record
  JoinKey key = {};
  std::uint16_t interface = 0;  // the owner's own number for it
};

}  // namespace logsniffd::framing
