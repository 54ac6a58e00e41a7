// Sends records to systemd's journal, in its native protocol.
#pragma once

#include <memory>
#include <string>

#include "daemon/sink/net/socket_timing.hpp"
#include "daemon/sink/sink.hpp"

namespace logsniffd::sink::journald {

struct JournaldSinkOptions {
  std::string identifier = "{app}";
  std::string socket = "/run/systemd/journal/socket";
  net::SocketTiming timing = {};
};

// Fails (usage) if the options make no sense; Sink::open() finds what the host does not allow.
[[nodiscard]] Expected<std::unique_ptr<Sink>> make_journald_sink(const JournaldSinkOptions& options);

}  // namespace logsniffd::sink::journald
