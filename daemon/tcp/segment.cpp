#include "daemon/tcp/segment.hpp"

#include "daemon/base/byte_reader.hpp"

namespace logsniffd::tcp {
namespace {

constexpr std::size_t kMinHeader = 20;

}  // namespace

SegmentResult decode(const ip::Datagram& datagram) {
  SegmentResult result;
  SegmentView& segment = result.segment;
  ByteReader reader(datagram.payload);
  segment.flow.transport = Transport::tcp;
  segment.flow.src = {datagram.src, reader.u16be()};
  segment.flow.dst = {datagram.dst, reader.u16be()};
  segment.seq = reader.u32be();
  segment.ack = reader.u32be();
  const std::size_t header = static_cast<std::size_t>(reader.u8() >> 4) * 4;
  segment.flags = reader.u8();
  if (!reader.ok()) return result;
  if (header < kMinHeader) {
    result.verdict = TcpVerdict::bad_offset;
    return result;
  }
  if (header > datagram.payload.size()) {
    result.verdict = datagram.missing_bytes > 0 ? TcpVerdict::truncated_header : TcpVerdict::bad_offset;
    return result;
  }
  segment.payload = datagram.payload.subspan(header);
  segment.missing_bytes = datagram.missing_bytes;
  result.verdict = TcpVerdict::segment;
  return result;
}

}  // namespace logsniffd::tcp
