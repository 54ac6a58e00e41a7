#include "daemon/link/link_decoder.hpp"
#include "daemon/link/link_header.hpp"

namespace logsniffd::link {
namespace {

constexpr std::uint32_t kBottomOfStack = 0x100;
constexpr std::size_t kControlWord = 4;

// The labels do not say what they carry. IP is recognized by its version, and the control word of a pseudowire by its
// zeros (RFC 4385, 3; for Ethernet, RFC 4448, 4.6).
Step below_the_stack(ByteReader reader) {
  const Bytes payload = reader.rest();
  const std::uint8_t first = reader.u8();
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  const int version = first >> 4;
  if (version == 4 || version == 6) return Step::ip(payload);
  const std::uint8_t second = reader.u8();
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  if (first != 0 || second != 0) return Step::stop(LinkVerdict::not_ip);
  reader.skip(kControlWord - 2);
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  return Step::to(ethernet, reader.rest());
}

}  // namespace

Step mpls(Bytes bytes, FrameFacts&) {
  ByteReader reader(bytes);
  for (int labels = 0; labels < kMaxMplsLabels; ++labels) {
    const std::uint32_t entry = reader.u32be();
    if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
    if ((entry & kBottomOfStack) != 0) return below_the_stack(reader);
  }
  return Step::stop(LinkVerdict::too_many_labels);
}

}  // namespace logsniffd::link
