// The configuration as plain values. Every default lives here and nowhere else (DESIGN: the installed logsniffd.yaml
// shows the defaults as comments, and a test compares them).
//
// A Config that left the loader is valid: names resolve, expressions compile, numbers are in range.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/base/endpoint.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::config {

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;

// The place of a value in the file, for messages. Line and column count from 1; 0 means "not in the file". Any two
// marks are equal: a value that only moves in the file stays the same value.
struct Mark {
  int line = 0;
  int column = 0;

  constexpr bool operator==(const Mark&) const { return true; }
};

struct Capture {
  std::vector<std::string> interfaces{"any"};  // names or globs
  bool promiscuous = false;
  std::uint64_t snaplen = 256 * kKiB;
  std::uint64_t buffer = 64 * kMiB;
  Duration latency = std::chrono::milliseconds(50);
  Mark interfaces_mark;
};

struct Limits {
  std::uint64_t connections = 100'000;
  Duration idle = std::chrono::minutes(5);
  std::uint64_t reassembly = 256 * kMiB;
  std::uint64_t per_connection = 1 * kMiB;
  Duration hole_wait = std::chrono::seconds(2);
  std::uint64_t fragments = 32 * kMiB;
  std::uint64_t record = 64 * kKiB;
};

struct PortRange {
  std::uint16_t first;
  std::uint16_t last;  // inclusive
};

struct Network {
  Address address;
  unsigned prefix;  // of the 128-bit form: IPv4 prefixes are 96 larger
};

enum class Protocol { tcp, udp, both };
enum class Direction { to, from, both };
enum class Decode { automatic, plain, syslog, json, gelf, python, netconsole };

struct Framing {
  enum class Method { automatic, lines, nul, octet, length, datagram };
  enum class Order { big, little };

  Method method = Method::automatic;
  std::uint8_t delimiter = '\n';  // lines
  unsigned length_bytes = 4;      // length: 2 or 4
  Order length_order = Order::big;
  bool split = false;  // datagram: each line is a record
};

struct Multiline {
  enum class Continuation { none, start, indent, traceback };

  Continuation continuation = Continuation::none;
  std::string start;  // RE2: a line that contains a match begins a record
  Duration timeout = std::chrono::seconds(1);
};

struct Filter {
  std::string name;
  std::vector<PortRange> ports;  // empty: every port
  Protocol protocol = Protocol::both;
  Direction direction = Direction::both;
  std::vector<Network> networks;  // empty: every address
  Framing framing;
  Multiline multiline;
  Decode decode = Decode::automatic;
  std::vector<std::string> match;       // RE2; any of them; empty: all records
  std::vector<std::string> exclude;     // RE2; none of them
  std::optional<std::string> severity;  // keyword; the minimum
  bool final = false;
  std::vector<std::string> to;  // names of sinks, at least one
  Mark mark;
};

enum class Compression { none, gzip, zstd };
enum class Sync { never, interval, always };

// At least one of `size` and `every`.
struct Rotation {
  std::optional<std::uint64_t> size;
  std::optional<Duration> every;
  std::uint64_t keep = 7;  // files
  std::optional<Duration> keep_for;
  Compression compression = Compression::none;

  bool operator==(const Rotation&) const = default;
};

// Where records wait while the target of a sink is unavailable.
struct Spool {
  std::string path;  // a folder of this sink alone
  std::uint64_t size = 1024 * kMiB;

  bool operator==(const Spool&) const = default;
};

struct Tls {
  std::string ca;           // a file; empty: the system's store
  std::string certificate;  // files, both or none
  std::string key;
  bool verify = true;
  std::string server_name;  // empty: the host of the target

  bool operator==(const Tls&) const = default;
};

// What a sink of each type writes to, and how.
struct FileTarget {
  std::string path;             // a template
  std::string format = "text";  // a template, or text, json, raw
  unsigned mode = 0640;
  std::optional<Rotation> rotation;
  Sync sync = Sync::never;

  bool operator==(const FileTarget&) const = default;
};

struct SyslogTarget {
  std::string to = "unix:///dev/log";     // or udp://HOST:PORT, tcp://HOST:PORT, tls://HOST[:PORT]
  std::string protocol = "rfc3164";       // or rfc5424
  std::optional<std::uint64_t> max_size;  // default: 8 KiB a datagram, 64 KiB over a stream
  std::optional<bool> trust;              // pass on the sender's facility and tag; default: unless to unix://
  std::optional<std::string> facility;    // default local0; with trust default user, if a record has none
  std::string tag = "logsniffd";          // with trust only for records that have none
  Tls tls;                                // to tls://

  bool operator==(const SyslogTarget&) const = default;
};

struct JournaldTarget {
  std::string identifier = "{app}";  // a template; "logsniffd" where it comes out empty

  bool operator==(const JournaldTarget&) const = default;
};

struct StandardOutputTarget {
  std::string format = "text";  // a template, or text, json, raw

  bool operator==(const StandardOutputTarget&) const = default;
};

using SinkTarget = std::variant<StandardOutputTarget, FileTarget, SyslogTarget, JournaldTarget>;

struct Sink {
  std::string name;
  SinkTarget target;
  std::uint64_t queue = 64 * kMiB;
  std::optional<Spool> spool;  // every type except stdout
  Mark mark;

  bool operator==(const Sink&) const = default;
};

struct Daemon {
  std::string log_level = "info";  // debug, info, warning, error
};

struct Config {
  Capture capture;
  Limits limits;
  std::vector<Filter> filters;
  std::vector<Sink> sinks;
  Daemon daemon;
};

}  // namespace logsniffd::config
