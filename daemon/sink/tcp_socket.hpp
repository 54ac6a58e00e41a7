// What the kernel knows of a TCP connection: what the other side has acknowledged, and whether it is alive.
//
// An acknowledgement comes from the other side's TCP, not from the program that reads there: what is acknowledged may
// still be lost, what is not acknowledged may have arrived.
#pragma once

#include <cstdint>

#include "daemon/base/time.hpp"

namespace logsniffd::sink {

// Bytes handed to the kernel that the peer has not acknowledged; also after the connection broke.
[[nodiscard]] std::uint64_t unacknowledged_bytes(int fd);
// True where the peer's TCP was heard of within `patience`: it answers even where its program reads nothing.
[[nodiscard]] bool heard_of_lately(int fd, Duration patience);
// Closing `fd` will then throw away what was not acknowledged, and reset the connection.
void discard_on_close(int fd);

}  // namespace logsniffd::sink
