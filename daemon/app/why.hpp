// `status --why`: follows the way of a record from the wire to the sink, and says the first thing that is wrong, with the
// figure that proves it and the fix.
//
// Pure: everything that it judges by is an argument. THREAD  any.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "daemon/app/collector.hpp"
#include "daemon/survey/wire_survey.hpp"

namespace logsniffd::app {

// How long ago a record or a byte still counts as "now".
inline constexpr Duration kRecently = std::chrono::minutes(1);

// Why nothing arrives; `none`: it does.
enum class Cause : std::uint8_t {
  none,
  capture_hangs,      // the capture worker does not answer
  interface_missing,  // no interface is captured: a name that no interface has
  interface_down,     // likewise: down, without a carrier, or it cannot be opened
  silent_wire,        // the captured interfaces carry nothing at all
  not_watched,        // no filter watches the port
  nothing_on_port,    // other ports carry something
  other_protocol,     // TCP where the filter wants UDP, or the other way round
  other_interface,    // the port's traffic is on an interface that is not captured
  unanswered,         // connections are asked for, and nobody answers
  refused,            // connections are asked for, and refused
  no_payload,         // packets, but none with data
  other_direction,    // data only in the direction that the filter does not want
  outside_networks,   // data only of senders that `networks` leaves out
  unseen,             // data is on the wire, and does not reach the filter
  encrypted,          // TLS
  java_objects,
  binary,
  joined_late,      // connections whose beginning was missed, and no proven boundary of a record yet
  unfinished,       // data, but no end of a record
  dropped_by_text,  // by the filter: not text
  dropped_by_severity,
  dropped_by_where,
  dropped_by_match,
  dropped_by_exclude,
  dropped_by_sample,
  dropped_by_repeat,
  dropped_by_rate,
  taken_by_final,  // an earlier filter is final
  kernel_drops,
  sink_failing,
  sink_waits,  // for sinks of the former configuration to leave
  spooling,
  queue_full,
  sink_drops,  // for another reason
};
inline constexpr std::size_t kCauses = static_cast<std::size_t>(Cause::sink_drops) + 1;
[[nodiscard]] std::string_view word_of(Cause cause);

struct Finding {
  Cause cause = Cause::none;
  std::string what;    // a sentence
  std::string figure;  // that proves it
  std::string fix;     // empty: nothing has to be done
};

// What the wire carried, on every interface, whatever the configuration says.
struct Surveyed {
  const survey::WireSurvey& wire;
  std::string span;  // "in 3 s", "in FILE"
};

struct Evidence {
  const CollectorView& view;
  const config::Config& config;
  std::string config_path;  // empty: there is none (sniff)
  PacketTime wall{};
};

// A port (with an optional protocol), or the name of a filter or of a sink.
struct Subject {
  std::optional<std::size_t> filter;  // the first that watches the port, or writes to the sink
  std::optional<std::size_t> sink;
  std::optional<std::uint16_t> port;
  std::optional<Transport> transport;
};
// ERRORS  usage: what is neither, with the nearest name.
[[nodiscard]] Expected<Subject> subject_of(const std::string& text, const config::Config& config);

// Without a survey, nullopt means that only one can tell. With one, there is always a finding.
[[nodiscard]] std::optional<Finding> find_cause(const Subject& subject, const Evidence& evidence,
                                                const Surveyed* surveyed);

[[nodiscard]] nlohmann::ordered_json to_json(const Finding& finding);

}  // namespace logsniffd::app
