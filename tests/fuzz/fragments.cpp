// A series of fragments through the fragment table. The input repeats: milliseconds passed (one byte), length of the IP
// packet (two bytes, big-endian), IP packet.
#include <cstdlib>

#include "daemon/base/byte_reader.hpp"
#include "daemon/ip/fragment_table.hpp"
#include "daemon/ip/ip_decoder.hpp"

namespace {

using logsniffd::Bytes;

constexpr logsniffd::ip::FragmentLimits kLimits{.bytes = 8192, .wait = std::chrono::milliseconds(500)};

void require(bool condition) {
  if (!condition) std::abort();
}

void require_ledger(const logsniffd::ip::FragmentCounters& counters) {
  require(logsniffd::unaccounted(counters) == 0);
  require(counters.held_bytes.get() <= kLimits.bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  logsniffd::ip::FragmentTable table(kLimits);
  logsniffd::PacketTime now{};
  logsniffd::ByteReader input{Bytes(data, size)};
  while (input.remaining() > 0) {
    now += std::chrono::milliseconds(input.u8());
    const Bytes packet = input.take(input.u16be());
    if (!input.ok()) break;
    const auto result = logsniffd::ip::decode(packet, 8);
    if (result.verdict != logsniffd::ip::IpVerdict::datagram || !result.datagram.fragment) continue;
    const auto whole = table.add(result.datagram, now);
    if (whole) require(!whole->fragment && whole->missing_bytes == 0 && whole->payload.size() <= 65'535);
    require_ledger(table.counters());
  }
  table.expire(now + kLimits.wait + std::chrono::nanoseconds(1));
  require(table.counters().held.get() == 0 && table.counters().held_bytes.get() == 0);
  return 0;
}
