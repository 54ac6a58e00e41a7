#include "tests/bench/tcp_load/frame.hpp"

#include <array>
#include <cstddef>

namespace logsniffd::bench {
namespace {

constexpr std::size_t kEthernet = 14;
constexpr std::size_t kIp = 20;
constexpr std::size_t kTcp = 32;

void put(std::uint8_t* at, std::uint32_t value, unsigned bytes) {
  while (bytes-- > 0) *at++ = static_cast<std::uint8_t>(value >> (8 * bytes));
}

void put_address(std::uint8_t* at, const Address& address) {
  const Bytes four = address.bytes().last(4);
  std::copy(four.begin(), four.end(), at);
}

}  // namespace

void append_frame(std::vector<std::uint8_t>& out, const tcp::SegmentView& segment) {
  std::array<std::uint8_t, kEthernet + kIp + kTcp> headers{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0};
  std::uint8_t* const ip = headers.data() + kEthernet;
  put(ip, 0x4500, 2);
  put(ip + 2, static_cast<std::uint32_t>(kIp + kTcp + segment.payload.size()), 2);
  put(ip + 6, 0x4000'4006, 4);  // don't fragment, TTL 64, TCP
  put_address(ip + 12, segment.flow.src.address);
  put_address(ip + 16, segment.flow.dst.address);
  std::uint8_t* const tcp = ip + kIp;
  put(tcp, segment.flow.src.port, 2);
  put(tcp + 2, segment.flow.dst.port, 2);
  put(tcp + 4, segment.seq, 4);
  put(tcp + 8, segment.ack, 4);
  put(tcp + 12, 0x8000U | segment.flags, 2);
  put(tcp + 14, 0xFFFF, 2);
  put(tcp + 20, 0x0101'080A, 4);  // two NOPs, timestamps (RFC 7323)
  out.insert(out.end(), headers.begin(), headers.end());
  out.insert(out.end(), segment.payload.begin(), segment.payload.end());
}

}  // namespace logsniffd::bench
