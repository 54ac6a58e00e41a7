// The two hosts of most conditions, and single segments of these hosts.
#pragma once

#include <string_view>
#include <vector>

#include "tests/support/packet_builder.hpp"

namespace logsniffd::golden {

inline constexpr std::string_view kClient = "10.0.0.1:50000";
inline constexpr std::string_view kServer = "10.0.0.2:9988";
// Further connections of the client, each independent of the others.
inline constexpr std::string_view kSecond = "10.0.0.1:50001";
inline constexpr std::string_view kThird = "10.0.0.1:50002";

inline test::TcpConversation conversation(std::string_view client = kClient) {
  return {test::endpoint(client), test::endpoint(kServer)};
}
// The same addresses and ports again, with other sequence numbers.
inline test::TcpConversation conversation_from(std::uint32_t client_isn, std::uint32_t server_isn,
                                               std::string_view client = kClient) {
  return {test::endpoint(client), test::endpoint(kServer), client_isn, server_isn};
}

// A segment with exactly this header, for segments that TcpConversation does not make. It does not advance any number.
inline test::Packet from_client(const test::TcpHeader& header, std::string_view payload = {},
                                std::string_view client = kClient) {
  return test::tcp_packet(test::endpoint(client), test::endpoint(kServer), header, payload);
}
inline test::Packet from_server(const test::TcpHeader& header, std::string_view payload = {},
                                std::string_view client = kClient) {
  return test::tcp_packet(test::endpoint(kServer), test::endpoint(client), header, payload);
}

// A segment of the client at `seq`, in addition to what it says next: copies, probes, segments out of order.
inline test::Packet client_sends(const test::TcpConversation& talk, std::uint32_t seq, std::string_view payload,
                                 std::string_view client = kClient) {
  return from_client({.seq = seq, .ack = talk.server_seq(), .flags = "PA"}, payload, client);
}
// The client's FIN, after everything that it has said. It takes a sequence number.
inline test::Packet client_fin(test::TcpConversation& talk, std::string_view client = kClient) {
  const test::Packet fin = from_client({.seq = talk.client_seq(), .ack = talk.server_seq(), .flags = "FA"}, {}, client);
  talk.skip_client_bytes(1);
  return fin;
}
// The server's FIN and the client's acknowledgement of it: the end of a connection that the client has closed.
inline std::vector<test::Packet> server_closes(const test::TcpConversation& talk, std::string_view client = kClient) {
  return {from_server({.seq = talk.server_seq(), .ack = talk.client_seq(), .flags = "FA"}, {}, client),
          from_client({.seq = talk.client_seq(), .ack = talk.server_seq() + 1}, {}, client)};
}

}  // namespace logsniffd::golden
