// The available sinks, and the options of each. Wiring builds them from the configuration.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/sink/archive.hpp"
#include "daemon/sink/record_format.hpp"
#include "daemon/sink/sink.hpp"

namespace logsniffd::sink {

struct StreamSinkOptions {  // standard output, or -o FILE of sniff
  std::string path;         // empty: standard output
  std::string format = "text";
};

// When written lines are brought to the disk. A killed process loses nothing either way; a loss of power does.
enum class SyncPolicy : std::uint8_t {
  never,     // when the kernel sees fit, usually within 30 s
  interval,  // a second after they were written, at most once a second for each file
  always,    // before they count as written
};

// At least one of `size` and `every` is set.
struct RotationOptions {
  std::optional<std::uint64_t> size = {};  // a file that holds lines does not grow beyond it
  std::optional<Duration> every = {};      // local_periods.hpp
  ArchiveRules archive = {};
};

// The clocks of a file sink, and when its archives are settled: seams for tests; wiring keeps the defaults.
struct FileTiming {
  std::function<PacketTime()> wall = &std::chrono::system_clock::now;
  std::function<SteadyTime()> steady = &std::chrono::steady_clock::now;
  std::function<void()> archive_rested = {};  // Archivist::Seams::rested
};

struct FileSinkOptions {
  std::string path;  // a template; confined to the fixed part before its first field
  std::string format = "text";
  unsigned mode = 0640;
  std::optional<RotationOptions> rotation = {};
  SyncPolicy sync = SyncPolicy::never;
  FileTiming timing = {};
};

// How long a socket sink waits, and the steady clock of its back-off: a seam for tests; wiring keeps the default.
struct SocketTiming {
  Duration patience = std::chrono::seconds(5);  // for a target that takes nothing at the moment
  std::function<SteadyTime()> now = &std::chrono::steady_clock::now;
};

// For a tls:// target. Files are PEM, and are read at each connection, so a renewed one is used from then on.
struct TlsOptions {
  std::string ca;           // the issuers accepted for the server's certificate; empty: the system's store
  std::string certificate;  // our own, with its chain; empty: none
  std::string key;          // REQUIRED if `certificate` is set
  bool verify = true;
  std::string server_name;  // a name that the certificate must contain; empty: the host of the target
};

struct SyslogSinkOptions {
  std::string target = "unix:///dev/log";  // unix://PATH, udp://HOST:PORT, tcp://HOST:PORT, tls://HOST[:PORT]
  std::string protocol = "rfc3164";        // or rfc5424
  std::optional<std::size_t> max_size;     // bytes per message; default: 8 KiB per datagram, 64 KiB over a stream
  std::optional<bool> trust = {};          // SyslogIdentity, as the next two; default: not for a unix socket
  std::optional<std::uint8_t> facility = {};
  std::string tag = "logsniffd";
  TlsOptions tls = {};
  SocketTiming timing = {};
};

struct JournaldSinkOptions {
  std::string identifier = "{app}";
  std::string socket = "/run/systemd/journal/socket";
  SocketTiming timing = {};
};

// Each fails (usage) if its options make no sense; Sink::open() finds what the host does not allow.
[[nodiscard]] Expected<std::unique_ptr<Sink>> make_stream_sink(const StreamSinkOptions& options);
[[nodiscard]] Expected<std::unique_ptr<Sink>> make_file_sink(const FileSinkOptions& options);
[[nodiscard]] Expected<std::unique_ptr<Sink>> make_syslog_sink(const SyslogSinkOptions& options);
[[nodiscard]] Expected<std::unique_ptr<Sink>> make_journald_sink(const JournaldSinkOptions& options);

}  // namespace logsniffd::sink
