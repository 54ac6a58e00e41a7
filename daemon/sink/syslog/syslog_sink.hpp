// Sends records as syslog messages, over a unix socket, UDP, TCP or TLS.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daemon/sink/net/socket_timing.hpp"
#include "daemon/sink/net/tls_options.hpp"
#include "daemon/sink/sink.hpp"
#include "daemon/sink/syslog/syslog_message.hpp"

namespace logsniffd::sink::syslog {

struct SyslogSinkOptions {
  std::string target = "unix:///dev/log";  // unix://PATH, udp://HOST:PORT, tcp://HOST:PORT, tls://HOST[:PORT]
  std::string protocol = "rfc3164";        // or rfc5424
  std::optional<std::size_t> max_size;     // bytes per message; default: 8 KiB per datagram, 64 KiB over a stream
  std::optional<bool> trust = {};          // SyslogIdentity, as the next two; default: not for a unix socket
  std::optional<std::uint8_t> facility = {};
  std::string tag = "logsniffd";
  net::TlsOptions tls = {};
  net::SocketTiming timing = {};
};

// Fails (usage) if the options make no sense; Sink::open() finds what the host does not allow.
[[nodiscard]] Expected<std::unique_ptr<Sink>> make_syslog_sink(const SyslogSinkOptions& options);

// The messages that this sink sends, without the sink.
struct OutgoingMessages {
  SyslogMessage form;
  std::size_t limit;  // the most bytes of one. A unix socket is taken for a datagram socket.
};
// Fails like make_syslog_sink().
[[nodiscard]] Expected<OutgoingMessages> outgoing_messages(const SyslogSinkOptions& options);

}  // namespace logsniffd::sink::syslog
