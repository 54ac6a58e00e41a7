#include "tests/support/packet_builder.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace logsniffd::test {
namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::size_t kShortestEthernetFrame = 60;  // IEEE 802.3, without the frame check sequence
constexpr std::size_t kLargestLength = 0xffff;      // beyond it the length fields hold 0 (RFC 2675; TSO)
constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;

[[noreturn]] void refuse(std::string_view what) {
  std::fprintf(stderr, "packet_builder: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

template <std::unsigned_integral T>
void put(Packet& out, T value, std::endian order = std::endian::big) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    const std::size_t byte = order == std::endian::big ? sizeof(T) - 1 - i : i;
    out.push_back(static_cast<std::uint8_t>(value >> (8 * byte)));
  }
}

void put(Packet& out, Bytes bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void put_u16_at(Packet& out, std::size_t at, std::uint16_t value) {
  out[at] = static_cast<std::uint8_t>(value >> 8);
  out[at + 1] = static_cast<std::uint8_t>(value & 0xff);
}

// 0 if the field cannot hold it.
std::uint16_t length_field(std::size_t length) {
  return length > kLargestLength ? std::uint16_t{0} : static_cast<std::uint16_t>(length);
}

// RFC 1071: the sum of 16-bit words, folded later by checksum().
std::uint64_t sum_of(Bytes bytes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? std::uint64_t{bytes[i]} << 8 : bytes[i];
  return sum;
}

std::uint16_t checksum(std::uint64_t sum) {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum & 0xffff);
}

Bytes wire_form(const Address& address) { return address.is_ipv4() ? address.bytes().last(4) : address.bytes(); }

// The segment's checksum with the pseudo-header of either family (RFC 9293, 3.1; RFC 8200, 8.1).
std::uint16_t transport_checksum(const Endpoint& src, const Endpoint& dst, std::uint8_t protocol, Bytes segment) {
  const std::uint64_t length = (segment.size() >> 16) + (segment.size() & 0xffff);
  return checksum(sum_of(wire_form(src.address)) + sum_of(wire_form(dst.address)) + protocol + length +
                  sum_of(segment));
}

std::uint16_t ether_type(Bytes ip_packet) {
  if (ip_packet.empty()) refuse("no IP packet");
  return ip_packet[0] >> 4 == 6 ? kEtherTypeIpv6 : kEtherTypeIpv4;
}

Packet ipv4(const Address& src, const Address& dst, const IpOptions& options, Bytes payload) {
  constexpr std::size_t kHeader = 20;
  constexpr std::size_t kChecksumAt = 10;
  Packet out{0x45, 0};
  put(out, length_field(kHeader + payload.size()));
  put(out, static_cast<std::uint16_t>(options.identification));
  put(out, static_cast<std::uint16_t>((options.fragment_offset / 8) | (options.more_fragments ? 0x2000U : 0U)));
  put(out, std::uint8_t{64});
  put(out, options.protocol);
  put(out, std::uint16_t{0});
  put(out, wire_form(src));
  put(out, wire_form(dst));
  put_u16_at(out, kChecksumAt, checksum(sum_of(out)));
  put(out, payload);
  return out;
}

Packet ipv6(const Address& src, const Address& dst, const IpOptions& options, Bytes payload) {
  constexpr std::size_t kFragmentHeader = 8;
  constexpr std::uint8_t kFragment = 44;
  const bool fragment = options.fragment_offset != 0 || options.more_fragments;
  Packet out{0x60, 0, 0, 0};
  put(out, length_field(payload.size() + (fragment ? kFragmentHeader : 0)));
  put(out, fragment ? kFragment : options.protocol);
  put(out, std::uint8_t{64});
  put(out, wire_form(src));
  put(out, wire_form(dst));
  if (fragment) {
    put(out, options.protocol);
    put(out, std::uint8_t{0});
    put(out, static_cast<std::uint16_t>(options.fragment_offset | (options.more_fragments ? 1U : 0U)));
    put(out, options.identification);
  }
  put(out, payload);
  return out;
}

std::uint8_t tcp_flags(std::string_view letters) {
  constexpr std::string_view kBits = "FSRPAU";
  unsigned flags = 0;
  for (const char letter : letters) {
    const std::size_t bit = kBits.find(letter);
    if (bit == std::string_view::npos) refuse("an unknown TCP flag");
    flags |= 1U << bit;
  }
  return static_cast<std::uint8_t>(flags);
}

}  // namespace

Endpoint endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) refuse(text);
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const std::optional<Address> address = Address::parse(host);
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (!address || address->is_ipv4() == bracketed || error != std::errc{} || end != digits.data() + digits.size()) {
    refuse(text);
  }
  return {*address, port};
}

Packet udp(const Endpoint& src, const Endpoint& dst, std::string_view payload) {
  constexpr std::size_t kHeader = 8;
  constexpr std::size_t kChecksumAt = 6;
  Packet out;
  put(out, src.port);
  put(out, dst.port);
  put(out, length_field(kHeader + payload.size()));
  put(out, std::uint16_t{0});
  put(out, as_bytes(payload));
  const std::uint16_t sum = transport_checksum(src, dst, kUdp, out);
  put_u16_at(out, kChecksumAt, sum == 0 ? std::uint16_t{0xffff} : sum);  // RFC 768: 0 means none
  return out;
}

Packet tcp(const Endpoint& src, const Endpoint& dst, const TcpHeader& header, std::string_view payload) {
  constexpr std::uint8_t kHeaderWords = 0x50;  // five words, no options
  constexpr std::size_t kChecksumAt = 16;
  Packet out;
  put(out, src.port);
  put(out, dst.port);
  put(out, header.seq);
  put(out, header.ack);
  put(out, kHeaderWords);
  put(out, tcp_flags(header.flags));
  put(out, header.window);
  put(out, std::uint32_t{0});  // checksum and urgent pointer
  put(out, as_bytes(payload));
  put_u16_at(out, kChecksumAt, transport_checksum(src, dst, kTcp, out));
  return out;
}

Packet ip(const Address& src, const Address& dst, const IpOptions& options, Bytes payload) {
  if (src.is_ipv4() != dst.is_ipv4()) refuse("two address families in one packet");
  if (options.fragment_offset % 8 != 0) refuse("a fragment offset that is no multiple of 8");
  return src.is_ipv4() ? ipv4(src, dst, options, payload) : ipv6(src, dst, options, payload);
}

std::vector<Packet> ip_fragments(const Address& src, const Address& dst, IpOptions options, Bytes payload,
                                 std::size_t size) {
  if (size == 0 || size % 8 != 0) refuse("a fragment size that is no multiple of 8");
  std::vector<Packet> fragments;
  std::size_t at = 0;
  do {
    const Bytes part = payload.subspan(at, std::min(size, payload.size() - at));
    options.fragment_offset = static_cast<std::uint32_t>(at);
    at += part.size();
    options.more_fragments = at < payload.size();
    fragments.push_back(ip(src, dst, options, part));
  } while (at < payload.size());
  return fragments;
}

Packet udp_packet(const Endpoint& src, const Endpoint& dst, std::string_view payload) {
  return ip(src.address, dst.address, {.protocol = kUdp}, udp(src, dst, payload));
}

Packet tcp_packet(const Endpoint& src, const Endpoint& dst, const TcpHeader& header, std::string_view payload) {
  return ip(src.address, dst.address, {.protocol = kTcp}, tcp(src, dst, header, payload));
}

Packet ethernet(Bytes ip_packet, const std::vector<std::uint16_t>& vlan_ids) {
  constexpr std::uint16_t kServiceTag = 0x88a8;   // 802.1ad: the outer one of several
  constexpr std::uint16_t kCustomerTag = 0x8100;  // 802.1Q
  Packet out{0x02, 0, 0, 0, 0, 0x02, 0x02, 0, 0, 0, 0, 0x01};
  for (std::size_t i = 0; i < vlan_ids.size(); ++i) {
    put(out, i == 0 && vlan_ids.size() > 1 ? kServiceTag : kCustomerTag);
    put(out, vlan_ids[i]);
  }
  put(out, ether_type(ip_packet));
  put(out, ip_packet);
  out.resize(std::max(out.size(), kShortestEthernetFrame));
  return out;
}

Packet sll(Bytes ip_packet, std::uint16_t packet_type) {
  Packet out;
  put(out, packet_type);
  put(out, std::uint16_t{1});                             // ARPHRD_ETHER
  put(out, std::uint16_t{6});                             // address length
  put(out, Bytes(Packet{0x02, 0, 0, 0, 0, 0x01, 0, 0}));  // address, padded to eight bytes
  put(out, ether_type(ip_packet));
  put(out, ip_packet);
  return out;
}

Packet sll2(Bytes ip_packet, std::uint32_t interface_index, std::uint8_t packet_type) {
  Packet out;
  put(out, ether_type(ip_packet));
  put(out, std::uint16_t{0});  // reserved
  put(out, interface_index);
  put(out, std::uint16_t{1});  // ARPHRD_ETHER
  put(out, packet_type);
  put(out, std::uint8_t{6});  // address length
  put(out, Bytes(Packet{0x02, 0, 0, 0, 0, 0x01, 0, 0}));
  put(out, ip_packet);
  return out;
}

Packet null_loopback(Bytes ip_packet) {
  Packet out;
  put(out, std::uint32_t{ether_type(ip_packet) == kEtherTypeIpv6 ? 30U : 2U}, std::endian::native);  // AF_ of macOS
  put(out, ip_packet);
  return out;
}

Packet open_loopback(Bytes ip_packet) {
  Packet out;
  put(out, std::uint32_t{ether_type(ip_packet) == kEtherTypeIpv6 ? 24U : 2U});  // AF_ of OpenBSD
  put(out, ip_packet);
  return out;
}

TcpConversation::TcpConversation(Endpoint client, Endpoint server, std::uint32_t client_isn, std::uint32_t server_isn)
    : client_(client), server_(server), client_seq_(client_isn), server_seq_(server_isn) {}

std::vector<Packet> TcpConversation::handshake() {
  std::vector<Packet> packets;
  packets.push_back(tcp_packet(client_, server_, {.seq = client_seq_++, .flags = "S"}, ""));
  packets.push_back(tcp_packet(server_, client_, {.seq = server_seq_++, .ack = client_seq_, .flags = "SA"}, ""));
  packets.push_back(client_acks());
  return packets;
}

Packet TcpConversation::client_says(std::string_view payload) {
  Packet packet = tcp_packet(client_, server_, {.seq = client_seq_, .ack = server_seq_, .flags = "PA"}, payload);
  client_seq_ += static_cast<std::uint32_t>(payload.size());
  return packet;
}

Packet TcpConversation::server_says(std::string_view payload) {
  Packet packet = tcp_packet(server_, client_, {.seq = server_seq_, .ack = client_seq_, .flags = "PA"}, payload);
  server_seq_ += static_cast<std::uint32_t>(payload.size());
  return packet;
}

Packet TcpConversation::server_acks() {
  return tcp_packet(server_, client_, {.seq = server_seq_, .ack = client_seq_, .flags = "A"}, "");
}

Packet TcpConversation::client_acks() {
  return tcp_packet(client_, server_, {.seq = client_seq_, .ack = server_seq_, .flags = "A"}, "");
}

std::vector<Packet> TcpConversation::close() {
  std::vector<Packet> packets;
  packets.push_back(tcp_packet(client_, server_, {.seq = client_seq_++, .ack = server_seq_, .flags = "FA"}, ""));
  packets.push_back(tcp_packet(server_, client_, {.seq = server_seq_++, .ack = client_seq_, .flags = "FA"}, ""));
  packets.push_back(client_acks());
  return packets;
}

Packet TcpConversation::client_resets() {
  return tcp_packet(client_, server_, {.seq = client_seq_, .ack = server_seq_, .flags = "RA"}, "");
}

// Capture files: the Internet-Drafts draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.
namespace {

constexpr std::endian kSwapped = std::endian::native == std::endian::little ? std::endian::big : std::endian::little;

std::endian order_of(FileKind kind) {
  return kind == FileKind::pcap_micro_swapped || kind == FileKind::pcap_nano_swapped ? kSwapped : std::endian::native;
}

bool counts_nanoseconds(FileKind kind) {
  return kind == FileKind::pcap_nano || kind == FileKind::pcap_nano_swapped || kind == FileKind::pcapng;
}

// type, length, body padded to 32 bits, length
void put_block(Packet& out, std::uint32_t type, const Packet& body) {
  const std::size_t padded = (body.size() + 3) / 4 * 4;
  const auto total = static_cast<std::uint32_t>(padded + 12);
  put(out, type, std::endian::native);
  put(out, total, std::endian::native);
  put(out, Bytes(body));
  out.resize(out.size() + padded - body.size());
  put(out, total, std::endian::native);
}

void put_section(Packet& out, std::uint32_t link_type, std::uint32_t snaplen) {
  constexpr std::endian kNative = std::endian::native;
  Packet section;
  put(section, std::uint32_t{0x1a2b3c4d}, kNative);
  put(section, std::uint16_t{1}, kNative);
  put(section, std::uint16_t{0}, kNative);
  put(section, ~std::uint64_t{0}, kNative);  // section length: not given
  put_block(out, 0x0a0d0d0a, section);

  Packet interface;
  put(interface, static_cast<std::uint16_t>(link_type), kNative);
  put(interface, std::uint16_t{0}, kNative);
  put(interface, snaplen, kNative);
  put(interface, std::uint16_t{9}, kNative);  // if_tsresol, one byte, padded: 10^-9
  put(interface, std::uint16_t{1}, kNative);
  put(interface, Bytes(Packet{9, 0, 0, 0}));
  put(interface, std::uint32_t{0}, kNative);  // opt_endofopt
  put_block(out, 1, interface);
}

}  // namespace

CaptureWriter::CaptureWriter(std::uint32_t link_type, FileKind kind, std::uint32_t snaplen)
    : kind_(kind), snaplen_(snaplen) {
  if (kind == FileKind::pcapng) {
    put_section(out_, link_type, snaplen);
    return;
  }
  const std::endian order = order_of(kind);
  put(out_, std::uint32_t{counts_nanoseconds(kind) ? 0xa1b23c4dU : 0xa1b2c3d4U}, order);
  put(out_, std::uint16_t{2}, order);
  put(out_, std::uint16_t{4}, order);
  put(out_, std::uint64_t{0}, order);  // time zone and accuracy: always 0
  put(out_, snaplen, order);
  put(out_, link_type, order);
}

CaptureWriter& CaptureWriter::add(Bytes packet, PacketTime at, std::uint32_t original_length) {
  const auto length = original_length != 0 ? original_length : static_cast<std::uint32_t>(packet.size());
  const Bytes captured = packet.first(std::min<std::size_t>(packet.size(), snaplen_));
  const auto nanoseconds = static_cast<std::uint64_t>(at.time_since_epoch().count());
  const auto captured_length = static_cast<std::uint32_t>(captured.size());
  if (kind_ == FileKind::pcapng) {
    Packet body;
    put(body, std::uint32_t{0}, std::endian::native);  // interface
    put(body, static_cast<std::uint32_t>(nanoseconds >> 32), std::endian::native);
    put(body, static_cast<std::uint32_t>(nanoseconds & 0xffff'ffff), std::endian::native);
    put(body, captured_length, std::endian::native);
    put(body, length, std::endian::native);
    put(body, captured);
    put_block(out_, 6, body);
    return *this;
  }
  const std::endian order = order_of(kind_);
  const std::uint64_t fraction = nanoseconds % 1'000'000'000;
  put(out_, static_cast<std::uint32_t>(nanoseconds / 1'000'000'000), order);
  put(out_, static_cast<std::uint32_t>(counts_nanoseconds(kind_) ? fraction : fraction / 1'000), order);
  put(out_, captured_length, order);
  put(out_, length, order);
  put(out_, captured);
  return *this;
}

void CaptureWriter::write_to(const std::string& path) const {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(out_.data()), static_cast<std::streamsize>(out_.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace logsniffd::test
