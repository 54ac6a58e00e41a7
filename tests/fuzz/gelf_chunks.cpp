// A series of datagrams through the table of GELF chunks. The input repeats: milliseconds passed, source port (one byte
// each), length of the datagram (two bytes, big-endian), datagram.
#include "daemon/framing/gelf_chunks.hpp"

#include <cstdlib>

#include "daemon/base/byte_reader.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::framing;

constexpr GelfChunkLimits kLimits{.bytes = 16'384, .messages = 5, .wait = std::chrono::milliseconds(500)};

void require(bool condition) {
  if (!condition) std::abort();
}

void require_ledger(const GelfChunkCounters& counters) {
  require(unaccounted(counters) == 0);
  require(counters.memory_bytes.get() <= kLimits.bytes && counters.waiting.get() <= kLimits.messages);
  require(counters.held_bytes.get() <= counters.memory_bytes.get());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  GelfChunks table(kLimits);
  PacketTime now{};
  Flow flow{.src = {}, .dst = {}, .transport = Transport::udp};
  ByteReader input{Bytes(data, size)};
  std::uint64_t sent = 0;
  while (input.remaining() > 0) {
    now += std::chrono::milliseconds(input.u8());
    flow.src.port = input.u8();
    const Bytes datagram = input.take(input.u16be());
    if (!input.ok()) break;
    if (!is_gelf_chunk(datagram)) continue;
    sent += datagram.size();
    const auto whole = table.add(flow, datagram, false, now);
    if (whole) require(!whole->empty() && whole->size() <= kLimits.bytes);
    require(table.counters().seen_bytes.get() == sent);
    require_ledger(table.counters());
  }
  table.expire(now + kLimits.wait + std::chrono::nanoseconds(1));
  require(table.counters().waiting.get() == 0 && table.counters().memory_bytes.get() == 0);
  require_ledger(table.counters());
  return 0;
}
