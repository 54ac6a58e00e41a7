// Which well-known protocol the first bytes of a stream, or a datagram, belong to. It is what keeps web, DNS and SSH
// traffic from being taken for a log, although much of it is text.
//
// Pure; examines only the front of the bytes, whatever they are.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "daemon/base/bytes.hpp"
#include "daemon/base/endpoint.hpp"

namespace logsniffd::learn {

enum class Protocol : std::uint8_t {
  unknown,
  tls,  // or DTLS
  ssh,
  http,  // of any version that begins with text; SSDP too
  sip,   // or RTSP
  dns,
  mail,  // SMTP, POP3 or IMAP
  ftp,
  redis,
  postgresql,
  mysql,
  mongodb,
  sql_server,
  cassandra,
  amqp,
  mqtt,
  soap,     // WS-Discovery and its kin
  metrics,  // StatsD, Graphite
  relp,     // these carry logs, but are not read
  beats,    // Lumberjack
  fluentd,  // forward
};
inline constexpr std::array<std::string_view, 21> kProtocolNames{
    "unknown", "TLS",   "SSH",        "HTTP",    "SIP or RTSP", "DNS",        "mail",
    "FTP",     "Redis", "PostgreSQL", "MySQL",   "MongoDB",     "SQL Server", "Cassandra",
    "AMQP",    "MQTT",  "SOAP",       "metrics", "RELP",        "Beats",      "Fluentd forward"};

[[nodiscard]] constexpr std::string_view name_of(Protocol protocol) {
  return kProtocolNames[static_cast<std::size_t>(protocol)];
}
// True if the protocol carries logs in a form that this program does not read.
[[nodiscard]] constexpr bool carries_logs(Protocol protocol) { return protocol >= Protocol::relp; }

struct Opening {
  Bytes bytes;
  Transport transport;
  std::uint16_t server_port;
  bool from_server;
};

[[nodiscard]] Protocol recognize(const Opening& opening);

// True if the port is registered for something that is not a log: there, text alone proves nothing.
[[nodiscard]] bool is_known_service(std::uint16_t port);

}  // namespace logsniffd::learn
