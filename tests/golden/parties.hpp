// The two hosts of most conditions, and single segments of theirs.
#pragma once

#include <string_view>
#include <vector>

#include "tests/support/packet_builder.hpp"

namespace logsniffd::golden {

inline constexpr std::string_view kClient = "10.0.0.1:50000";
inline constexpr std::string_view kServer = "10.0.0.2:9988";
// The client's further connections, each with a life of its own.
inline constexpr std::string_view kSecond = "10.0.0.1:50001";
inline constexpr std::string_view kThird = "10.0.0.1:50002";

inline test::TcpConversation conversation(std::string_view client = kClient) {
  return {test::endpoint(client), test::endpoint(kServer)};
}
// The same addresses and ports once more, from other sequence numbers.
inline test::TcpConversation conversation_from(std::uint32_t client_isn, std::uint32_t server_isn,
                                               std::string_view client = kClient) {
  return {test::endpoint(client), test::endpoint(kServer), client_isn, server_isn};
}

// A segment with just this header, for what no TcpConversation would say. None advances.
inline test::Packet from_client(const test::TcpHeader& header, std::string_view payload = {},
                                std::string_view client = kClient) {
  return test::tcp_packet(test::endpoint(client), test::endpoint(kServer), header, payload);
}
inline test::Packet from_server(const test::TcpHeader& header, std::string_view payload = {},
                                std::string_view client = kClient) {
  return test::tcp_packet(test::endpoint(kServer), test::endpoint(client), header, payload);
}

// What the client sends at `seq`, beside what it says next: copies, probes, what comes out of turn.
inline test::Packet client_sends(const test::TcpConversation& talk, std::uint32_t seq, std::string_view payload,
                                 std::string_view client = kClient) {
  return from_client({.seq = seq, .ack = talk.server_seq(), .flags = "PA"}, payload, client);
}
// The client's FIN, behind all that it has said; it takes a sequence number.
inline test::Packet client_fin(test::TcpConversation& talk, std::string_view client = kClient) {
  const test::Packet fin = from_client({.seq = talk.client_seq(), .ack = talk.server_seq(), .flags = "FA"}, {}, client);
  talk.skip_client_bytes(1);
  return fin;
}
// The server's FIN and the client's acknowledgement of it: the last words of a connection that the client has closed.
inline std::vector<test::Packet> server_closes(const test::TcpConversation& talk, std::string_view client = kClient) {
  return {from_server({.seq = talk.server_seq(), .ack = talk.client_seq(), .flags = "FA"}, {}, client),
          from_client({.seq = talk.client_seq(), .ack = talk.server_seq() + 1}, {}, client)};
}

}  // namespace logsniffd::golden
