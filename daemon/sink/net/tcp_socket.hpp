// What the kernel knows of a TCP connection: what the other side has acknowledged, and whether it is alive.
//
// An acknowledgement comes from the other side's TCP, not from the program that reads there: acknowledged bytes may
// still be lost, and unacknowledged bytes may have arrived.
#pragma once

#include <cstdint>

#include "daemon/base/time.hpp"

namespace logsniffd::sink::net {

// Reads of a peer's data at one look, so that the peer cannot keep a worker busy.
inline constexpr int kMostReads = 64;

// Bytes handed to the kernel that the peer has not acknowledged; also valid after the connection broke.
[[nodiscard]] std::uint64_t unacknowledged_bytes(int fd);
// True if the peer's TCP was heard from within `patience`: it answers even if its program reads nothing.
[[nodiscard]] bool heard_of_lately(int fd, Duration patience);
// After this, closing `fd` throws away what was not acknowledged, and resets the connection.
void discard_on_close(int fd);

}  // namespace logsniffd::sink::net
