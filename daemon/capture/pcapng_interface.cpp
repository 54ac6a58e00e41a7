#include "daemon/capture/pcapng_interface.hpp"

#include <algorithm>
#include <limits>

#include "daemon/base/byte_reader.hpp"
#include "daemon/capture/pcap_format.hpp"

namespace logsniffd::capture {
namespace {

// Names of real interfaces are short (IFNAMSIZ is 16 on Linux; Windows has GUIDs with a path).
constexpr std::size_t kMaxNameBytes = 128;

constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kName = 2;
constexpr std::uint16_t kTimeResolution = 9;
constexpr std::uint16_t kTimeOffset = 14;

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

std::int64_t signed_seconds(Bytes value, std::endian order) {
  ByteReader reader(value);
  const std::uint64_t first = reader.u32(order);
  const std::uint64_t second = reader.u32(order);
  const std::uint64_t bits = order == std::endian::little ? second << 32U | first : first << 32U | second;
  return static_cast<std::int64_t>(bits);
}

// Returns false if the option contradicts itself.
bool apply_option(PcapngInterface& interface, std::int64_t& offset, std::uint16_t code, Bytes value,
                  std::endian order) {
  switch (code) {
    case kName:
      interface.name = as_text(value.first(std::min(value.size(), kMaxNameBytes)));
      return true;
    case kTimeResolution: {
      if (value.size() != 1) return false;
      const auto clock = PcapngClock::with_resolution(value[0]);
      if (!clock) return false;
      interface.clock = *clock;
      return true;
    }
    case kTimeOffset:
      if (value.size() != 8) return false;
      offset = signed_seconds(value, order);
      return true;
    default:
      return true;
  }
}

}  // namespace

std::optional<PcapngClock> PcapngClock::with_resolution(std::uint8_t resolution) {
  constexpr std::uint8_t kPowerOfTwo = 0x80;
  constexpr unsigned kFinestBinary = 30;  // 2^-30 s is just below a nanosecond
  constexpr unsigned kFinestDecimal = 9;
  const unsigned exponent = resolution & 0x7FU;
  PcapngClock clock;
  clock.ticks_per_second_ = 1;
  if ((resolution & kPowerOfTwo) != 0) {
    if (exponent > 63) return std::nullopt;
    clock.ticks_per_second_ <<= std::min(exponent, kFinestBinary);
    if (exponent > kFinestBinary) clock.divisor_ <<= exponent - kFinestBinary;
    return clock;
  }
  if (exponent > 19) return std::nullopt;
  for (unsigned i = 0; i < exponent; ++i) (i < kFinestDecimal ? clock.ticks_per_second_ : clock.divisor_) *= 10;
  return clock;
}

PacketTime PcapngClock::at(std::uint64_t ticks) const {
  // 1970 to 2116: the difference of any two packet times, plus a limit, stays in range.
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max() / 2;
  constexpr std::int64_t kFirst = 0;
  const std::uint64_t coarse = ticks / divisor_;
  const std::uint64_t whole = coarse / ticks_per_second_;
  const auto rest = static_cast<std::int64_t>(coarse % ticks_per_second_ * kNanosecondsPerSecond / ticks_per_second_);

  // A second count beyond the range is caught before it is multiplied.
  std::int64_t seconds = 0;
  if (whole > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) ||
      __builtin_add_overflow(static_cast<std::int64_t>(whole), offset_seconds_, &seconds)) {
    return PacketTime(Duration(kLast));  // whole is not negative, so it can only overflow upwards
  }
  std::int64_t nanoseconds = 0;
  if (__builtin_mul_overflow(seconds, kNanosecondsPerSecond, &nanoseconds) ||
      __builtin_add_overflow(nanoseconds, rest, &nanoseconds)) {
    return PacketTime(Duration(seconds < 0 ? kFirst : kLast));
  }
  return PacketTime(Duration(std::clamp(nanoseconds, kFirst, kLast)));
}

std::optional<PcapngInterface> PcapngInterface::from_block(Bytes body, std::endian order) {
  PcapngInterface interface;
  ByteReader reader(body);
  interface.link_type = file_link_type(reader.u16(order));
  reader.skip(2);
  interface.snaplen_bytes = reader.u32(order);

  std::int64_t offset = 0;
  while (reader.ok() && reader.remaining() > 0) {
    const std::uint16_t code = reader.u16(order);
    const std::uint16_t length = reader.u16(order);
    if (code == kEndOfOptions) break;
    const Bytes value = reader.take(length);
    reader.skip((4U - length % 4U) % 4U);
    if (!reader.ok() || !apply_option(interface, offset, code, value, order)) return std::nullopt;
  }
  if (!reader.ok()) return std::nullopt;
  interface.clock.set_offset(offset);  // last, because the two options may come in any order
  return interface;
}

}  // namespace logsniffd::capture
