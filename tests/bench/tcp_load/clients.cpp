#include "tests/bench/tcp_load/clients.hpp"

#include <bit>
#include <random>
#include <string_view>

namespace logsniffd::bench {
namespace {

constexpr std::uint32_t kServer = 0x0AFF'0001;  // 10.255.0.1
constexpr std::uint32_t kServerIsn = 0x7000'0000;
constexpr std::size_t kShortestLine = 40;
constexpr std::size_t kLongestLine = 190;
constexpr std::string_view kWords = "request handled in queue worker retry cache miss user session token expired ";

Address ipv4(std::uint32_t value) {
  const std::array<std::uint8_t, 4> bytes{static_cast<std::uint8_t>(value >> 24),
                                          static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8),
                                          static_cast<std::uint8_t>(value)};
  return Address::from_ipv4(bytes);
}

Flow flow(std::uint32_t address, std::uint32_t port, std::uint32_t server = kServer) {
  return {{ipv4(address), static_cast<std::uint16_t>(port)}, {ipv4(server), kServerPort}, Transport::tcp};
}

Flow reversed(const Flow& flow) { return {flow.dst, flow.src, flow.transport}; }

// Spread over all 32 bits, so that some streams wrap.
std::uint32_t isn(std::uint32_t i) { return i * 0x9E37'79B1U; }

}  // namespace

Flow spread_flow(std::uint32_t i) { return flow(0x0A01'0000U + i / 1000U, 20'000U + i % 1000U); }

Flow colliding_flow(std::uint32_t i) {
  const std::uint32_t k = i / 4;
  const std::uint32_t low = k & 0x7FFFU;
  switch (i % 4) {
    case 0:
      return flow(0x0B00'0000U + (k >> 15U), 0x8000U + low);
    case 1:
      return flow(0x0C00'0000U + k, 0xFFFFU - low);  // address + port is constant
    case 2:
      return flow(0x0D00'0000U + k, 0x8000U ^ low);  // address ^ port is constant
    default:
      return flow(0x0E00'0000U + k, 40'000, 0x0FFF'FFFFU - k);  // sum and XOR of the addresses are constant
  }
}

Shuffle::Shuffle(std::uint32_t count) : count_(count), bits_(static_cast<unsigned>(std::bit_width(count))) {}

std::uint32_t Shuffle::operator()(std::uint32_t i, std::uint32_t round) const {
  // Each step is a bijection of [0, 2^bits). A result outside the range is shuffled again until it is inside.
  const std::uint32_t mask = (1U << bits_) - 1;
  do {
    i = (i + round * 0x9E37'79B1U) & mask;
    i = (i * 0x2C1B'3C6DU) & mask;
    i ^= i >> ((bits_ + 1) / 2);
    i = (i * 0x297A'2D39U) & mask;
    i ^= i >> ((bits_ + 1) / 2);
  } while (i >= count_);
  return i;
}

Clients::Clients(Naming naming) : naming_(naming) {
  std::mt19937 random(1);
  for (std::size_t line = 0; line < kLines; ++line) {
    const std::size_t length = kShortestLine + random() % (kLongestLine - kShortestLine + 1);
    for (std::size_t at = 0; at < length; ++at) {
      text_.push_back(static_cast<std::uint8_t>(kWords[(line * 7 + at) % kWords.size()]));
    }
    text_.push_back('\n');
    starts_[line + 1] = static_cast<std::uint32_t>(text_.size());
  }
  for (std::size_t i = 0; i < kLargest; ++i) noise_.push_back(static_cast<std::uint8_t>('a' + i % 26));
}

std::uint32_t Clients::offset_of(std::uint32_t i, std::uint32_t round) const {
  const auto before = [this](std::uint32_t lines) {
    return lines / kLines * starts_[kLines] + starts_[lines % kLines];
  };
  const std::uint32_t first = i % kLines;
  return static_cast<std::uint32_t>(before(first + round) - before(first));
}

tcp::SegmentView Clients::bare(std::uint32_t i, std::uint8_t flags, std::uint32_t offset) const {
  return {naming_(i), isn(i) + 1 + offset, kServerIsn + 1, flags, {}, 0};
}

tcp::SegmentView Clients::syn(std::uint32_t i) const { return {naming_(i), isn(i), 0, tcp::kSyn, {}, 0}; }

tcp::SegmentView Clients::syn_ack(std::uint32_t i) const {
  return {reversed(naming_(i)), kServerIsn, isn(i) + 1, tcp::kSyn | tcp::kAck, {}, 0};
}

tcp::SegmentView Clients::line(std::uint32_t i, std::uint32_t round) const {
  const std::size_t which = (i + round) % kLines;
  tcp::SegmentView segment = bare(i, tcp::kAck, offset_of(i, round));
  segment.payload = Bytes(text_).subspan(starts_[which], starts_[which + 1] - starts_[which]);
  return segment;
}

tcp::SegmentView Clients::ack(std::uint32_t i, std::uint32_t round, std::uint32_t beyond) const {
  return {reversed(naming_(i)), kServerIsn + 1, isn(i) + 1 + offset_of(i, round) + beyond, tcp::kAck, {}, 0};
}

tcp::SegmentView Clients::piece(std::uint32_t i, std::uint32_t offset, std::size_t size) const {
  tcp::SegmentView segment = bare(i, tcp::kAck, offset);
  segment.payload = Bytes(noise_).first(size);
  return segment;
}

}  // namespace logsniffd::bench
