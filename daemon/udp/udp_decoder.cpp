#include "daemon/udp/udp_decoder.hpp"

#include <algorithm>

#include "daemon/base/byte_reader.hpp"

namespace logsniffd::udp {
namespace {

constexpr std::size_t kHeader = 8;

}  // namespace

UdpDatagram decode(const ip::Datagram& datagram) {
  ByteReader reader(datagram.payload);
  const std::uint16_t src_port = reader.u16be();
  const std::uint16_t dst_port = reader.u16be();
  const std::size_t length_field = reader.u16be();
  reader.skip(2);  // checksum
  UdpDatagram result;
  if (!reader.ok()) return result;

  const std::size_t carried = datagram.payload.size() + datagram.missing_bytes;
  const std::size_t length = length_field == 0 ? carried : length_field;
  if (length < kHeader || length > carried) {
    result.verdict = UdpVerdict::bad_length;
    return result;
  }
  result.verdict = UdpVerdict::datagram;
  result.flow = {{datagram.src, src_port}, {datagram.dst, dst_port}, Transport::udp};
  const std::size_t payload_size = length - kHeader;
  result.payload = reader.take(std::min(payload_size, reader.remaining()));
  result.missing_bytes = static_cast<std::uint32_t>(payload_size - result.payload.size());
  return result;
}

}  // namespace logsniffd::udp
