#include "daemon/framing/proxy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "daemon/base/byte_reader.hpp"

namespace logsniffd::framing {
namespace {

using Kind = ProxyHeader::Kind;

constexpr std::string_view kText = "PROXY ";
constexpr std::size_t kMaxTextHeader = 107;  // proxy-protocol.txt, 2.1
constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kFixed = 16;  // signature, version and command, family, length

// Whether `bytes` begins with `prefix`, as far as there are bytes.
bool may_begin_with(Bytes bytes, std::string_view prefix) {
  const std::size_t size = std::min(bytes.size(), prefix.size());
  return as_text(bytes.first(size)) == prefix.substr(0, size);
}

std::string_view next_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), end + 1));
  return word;
}

std::optional<std::uint16_t> port_of(std::string_view word) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), port);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return port;
}

// `TCP4 SRC DST SPORT DPORT`, or `UNKNOWN` and anything.
std::optional<ProxyHeader> read_words(std::string_view line) {
  const std::string_view family = next_word(line);
  if (family == "UNKNOWN") return ProxyHeader{Kind::header};
  if (family != "TCP4" && family != "TCP6") return std::nullopt;
  const auto src = Address::parse(next_word(line));
  const auto dst = Address::parse(next_word(line));
  const auto src_port = port_of(next_word(line));
  const auto dst_port = port_of(next_word(line));
  if (!src || !dst || !src_port || !dst_port || !line.empty()) return std::nullopt;
  const bool ipv4 = family == "TCP4";
  if (src->is_ipv4() != ipv4 || dst->is_ipv4() != ipv4) return std::nullopt;
  return ProxyHeader{Kind::header, 0, ProxiedEnds{{*src, *src_port}, {*dst, *dst_port}}};
}

ProxyHeader read_text(Bytes bytes) {
  if (bytes.size() <= kText.size()) return {Kind::incomplete};
  const std::string_view text = as_text(bytes.first(std::min(bytes.size(), kMaxTextHeader)));
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return {bytes.size() < kMaxTextHeader ? Kind::incomplete : Kind::none};
  if (text[end - 1] != '\r') return {};
  auto header = read_words(text.substr(kText.size(), end - 1 - kText.size()));
  if (!header) return {};
  header->size = end + 1;
  return *header;
}

std::optional<ProxiedEnds> read_addresses(std::uint8_t family, ByteReader& reader) {
  const bool ipv4 = family == 0x11 || family == 0x12;
  const bool ipv6 = family == 0x21 || family == 0x22;
  if (!ipv4 && !ipv6) return std::nullopt;
  const std::size_t size = ipv4 ? 4 : Address::kSize;
  const Bytes src = reader.take(size);
  const Bytes dst = reader.take(size);
  const std::uint16_t src_port = reader.u16be();
  const std::uint16_t dst_port = reader.u16be();
  if (!reader.ok()) return std::nullopt;
  const auto address = [ipv4](Bytes raw) { return ipv4 ? Address::from_ipv4(raw) : Address::from_ipv6(raw); };
  return ProxiedEnds{{address(src), src_port}, {address(dst), dst_port}};
}

// proxy-protocol.txt, 2.2.
ProxyHeader read_binary(Bytes bytes) {
  if (bytes.size() < kFixed) return {Kind::incomplete};
  ByteReader reader(bytes.subspan(kSignature.size()));
  const std::uint8_t command = reader.u8();
  const std::uint8_t family = reader.u8();
  const std::size_t size = kFixed + reader.u16be();
  if ((command != 0x20 && command != 0x21) || size > kMaxProxyHeader) return {};
  if (bytes.size() < size) return {Kind::incomplete};
  ByteReader addresses(bytes.first(size).subspan(kFixed));
  ProxyHeader header{Kind::header, size};
  if (command == 0x21) header.ends = read_addresses(family, addresses);
  return header;
}

}  // namespace

ProxyHeader proxy_header_at(Bytes bytes) {
  if (bytes[0] == 'P') return may_begin_with(bytes, kText) ? read_text(bytes) : ProxyHeader{};
  if (bytes[0] == '\r') return may_begin_with(bytes, kSignature) ? read_binary(bytes) : ProxyHeader{};
  return {};
}

}  // namespace logsniffd::framing
