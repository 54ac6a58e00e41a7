// Builds packets and capture files for the tests: the project's own senders of well-formed (and intentionally
// broken) traffic.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/base/endpoint.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::test {

using Packet = std::vector<std::uint8_t>;

// "10.0.0.1:514", "[fe80::1]:514". Aborts on anything else: it is for literals in tests.
Endpoint endpoint(std::string_view text);

// Transport headers with the right lengths and checksums.
Packet udp(const Endpoint& src, const Endpoint& dst, std::string_view payload);

struct TcpHeader {
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::string_view flags = "A";  // any of S A F R P U
  std::uint16_t window = 65535;
};
Packet tcp(const Endpoint& src, const Endpoint& dst, const TcpHeader& header, std::string_view payload);

// IP headers around a transport packet; the family follows the addresses of the endpoints.
struct IpOptions {
  std::uint8_t protocol = 6;
  std::uint32_t identification = 1;
  std::uint32_t fragment_offset = 0;  // bytes
  bool more_fragments = false;
};
Packet ip(const Address& src, const Address& dst, const IpOptions& options, Bytes payload);
// The payload cut into fragments of at most `size` bytes (a multiple of 8).
std::vector<Packet> ip_fragments(const Address& src, const Address& dst, IpOptions options, Bytes payload,
                                 std::size_t size);

// Whole IP packets in one call.
Packet udp_packet(const Endpoint& src, const Endpoint& dst, std::string_view payload);
Packet tcp_packet(const Endpoint& src, const Endpoint& dst, const TcpHeader& header, std::string_view payload);

// Link layers around an IP packet.
Packet ethernet(Bytes ip_packet, const std::vector<std::uint16_t>& vlan_ids = {});  // padded to 60 bytes
Packet sll(Bytes ip_packet, std::uint16_t packet_type = 0);
Packet sll2(Bytes ip_packet, std::uint32_t interface_index, std::uint8_t packet_type = 0);
Packet null_loopback(Bytes ip_packet);  // BSD NULL, this machine's byte order
Packet open_loopback(Bytes ip_packet);  // LOOP, big-endian

// One side of a TCP connection at a time. It maintains the sequence numbers, so that a test sends what a real
// sender would.
class TcpConversation {
 public:
  TcpConversation(Endpoint client, Endpoint server, std::uint32_t client_isn = 1000, std::uint32_t server_isn = 9000);

  std::vector<Packet> handshake();               // SYN, SYN-ACK, ACK
  Packet client_says(std::string_view payload);  // advances the sequence number
  Packet server_says(std::string_view payload);
  Packet server_acks();  // acknowledges everything that the client said
  Packet client_acks();
  std::vector<Packet> close();  // FIN from the client, FIN-ACK, ACK
  Packet client_resets();
  [[nodiscard]] std::uint32_t client_seq() const { return client_seq_; }
  [[nodiscard]] std::uint32_t server_seq() const { return server_seq_; }
  void skip_client_bytes(std::uint32_t count) { client_seq_ += count; }  // bytes that the capture lost

 private:
  Endpoint client_;
  Endpoint server_;
  std::uint32_t client_seq_;
  std::uint32_t server_seq_;
};

// A capture file in memory.
enum class FileKind { pcap_micro, pcap_nano, pcap_micro_swapped, pcap_nano_swapped, pcapng };

class CaptureWriter {
 public:
  explicit CaptureWriter(std::uint32_t link_type, FileKind kind = FileKind::pcap_nano, std::uint32_t snaplen = 262'144);

  // original_length 0: the length of the packet. Packets longer than snaplen are cut, as in a capture.
  CaptureWriter& add(Bytes packet, PacketTime at, std::uint32_t original_length = 0);
  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return out_; }
  void write_to(const std::string& path) const;

 private:
  std::vector<std::uint8_t> out_;
  FileKind kind_;
  std::uint32_t snaplen_;
};

}  // namespace logsniffd::test
