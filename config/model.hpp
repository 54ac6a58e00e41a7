// The configuration as plain values. Every default lives here, or in the options of a room that are members here, and
// nowhere else. The installed logsniffd.yaml shows the defaults as comments, and a test compares them.
//
// A Config that left the loader is valid: names resolve, expressions compile, numbers are in range.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/base/choice.hpp"
#include "daemon/base/time.hpp"
#include "daemon/filter/field_tests.hpp"
#include "daemon/filter/flow_options.hpp"
#include "daemon/filter/redaction.hpp"
#include "daemon/filter/route_verdict.hpp"
#include "daemon/filter/volume.hpp"
#include "daemon/framing/framing_options.hpp"
#include "daemon/framing/join_mode.hpp"
#include "daemon/record/decode.hpp"
#include "daemon/record/severity.hpp"
#include "daemon/sink/file/file_options.hpp"
#include "daemon/sink/net/tls_options.hpp"

namespace logsniffd::config {

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;

struct SourceFile {
  std::string path;
  int number = 0;  // in the order of reading; 0 is the file that includes the others
};

// The place of a value in its file, for messages. Line and column count from 1; 0 means "not in a file". Any two marks
// are equal: a value that only moves stays the same value.
struct Mark {
  int line = 0;
  int column = 0;
  std::shared_ptr<const SourceFile> file = nullptr;  // shared, because a Config outlives the load; null: just a text

  bool operator==(const Mark&) const { return true; }

  // "FILE:LINE"; `unnamed` is the file of a text that was not read from one.
  [[nodiscard]] std::string place(const std::string& unnamed) const {
    return (file ? file->path : unnamed) + ":" + std::to_string(line);
  }
};

struct Capture {
  std::vector<std::string> interfaces{"any"};  // names or globs
  bool promiscuous = false;
  std::uint64_t snaplen = 256 * kKiB;
  std::uint64_t buffer = 64 * kMiB;
  Duration latency = std::chrono::milliseconds(50);
  Mark interfaces_mark;
  Mark snaplen_mark;
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

struct Multiline {
  std::optional<framing::JoinMode> mode;  // nullopt: each line is a record
  std::string start;                      // mode start: RE2; a line that contains a match begins a record
  Duration timeout = std::chrono::seconds(1);
};

struct Filter {
  std::string name;
  std::vector<filter::PortRange> ports;  // empty: every port
  std::optional<Transport> transport;    // nullopt: both
  filter::Direction direction = filter::Direction::both;
  std::vector<filter::Network> networks;  // empty: every address
  framing::FramingOptions framing;
  Multiline multiline;
  record::Decode decode = record::Decode::automatic;
  std::vector<filter::FieldTest> where;      // all of them; empty: all records
  std::vector<std::string> match;            // RE2; any of them; empty: all records
  std::vector<std::string> exclude;          // RE2; none of them
  std::optional<record::Severity> severity;  // the minimum
  std::vector<filter::RedactRule> redact;
  filter::VolumeOptions volume;
  bool final = false;
  std::vector<std::string> to;  // names of sinks, at least one
  Mark mark;
  std::array<Mark, filter::kRouteVerdicts>
      refusing_marks;  // of filter::kRefusingKeys; not in the file if the key is not

  [[nodiscard]] const Mark& mark_of(filter::RouteVerdict verdict) const {
    return refusing_marks[static_cast<std::size_t>(verdict)];
  }
};

// Where records wait while the target of a sink is unavailable.
struct Spool {
  std::string path;  // a folder of this sink alone
  std::uint64_t size = 1024 * kMiB;

  bool operator==(const Spool&) const = default;
};

// What a sink of each type writes to, and how.
struct FileTarget {
  std::string path;             // a template
  std::string format = "text";  // a template, or text, json, raw
  unsigned mode = 0640;
  std::optional<sink::file::RotationOptions> rotation;
  sink::file::SyncPolicy sync = sink::file::SyncPolicy::never;

  bool operator==(const FileTarget&) const = default;
};

struct SyslogTarget {
  std::string to = "unix:///dev/log";     // or udp://HOST:PORT, tcp://HOST:PORT, tls://HOST[:PORT]
  std::string protocol = "rfc3164";       // or rfc5424
  std::optional<std::uint64_t> max_size;  // default: 8 KiB a datagram, 64 KiB over a stream
  std::optional<bool> trust;              // pass on the sender's facility and tag; default: unless to unix://
  std::optional<std::uint8_t> facility;   // its number; default local0; with trust default user, if a record has none
  std::string tag = "logsniffd";          // with trust only for records that have none
  sink::net::TlsOptions tls;              // to tls://

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

inline constexpr std::array<std::string_view, 4> kLogLevels{"debug", "info", "warning", "error"};

struct Daemon {
  std::string log_level = "info";                       // of kLogLevels
  std::string control = "/run/logsniffd/control.sock";  // the path of the control socket; empty: none
  std::string metrics;                                  // an address, see parse_listen_address(); empty: none
  Mark control_mark;
  Mark metrics_mark;
};

struct Config {
  Capture capture;
  Limits limits;
  std::vector<Filter> filters;
  std::vector<Sink> sinks;
  Daemon daemon;
};

}  // namespace logsniffd::config
