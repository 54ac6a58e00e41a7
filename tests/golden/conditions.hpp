// The conditions whose inputs golden_inputs writes: tests/golden/<name>/<file>. Each table is in its own source file.
#pragma once

#include <span>
#include <string_view>

#include "tests/golden/capture.hpp"

namespace logsniffd::golden {

struct Condition {
  std::string_view name;
  FileBytes (*input)();
  std::string_view file = "input.pcap";
};

std::span<const Condition> order_conditions();        // the segments of a running stream
std::span<const Condition> hole_conditions();         // segments that never come, or come too late
std::span<const Condition> odd_segment_conditions();  // probes, strays and forgeries in a stream
std::span<const Condition> connection_conditions();   // how connections begin, and follow one another
std::span<const Condition> end_conditions();          // how connections end
std::span<const Condition> framing_conditions();      // where a record ends, and what it contains
std::span<const Condition> protocol_conditions();     // the same in the protocols that programs log with
std::span<const Condition> netconsole_conditions();   // the same in netconsole of the Linux kernel
std::span<const Condition> sender_conditions();       // the same from senders that follow no RFC, or only most of one
std::span<const Condition> packet_conditions();       // link layers and IP
std::span<const Condition> link_conditions();         // link layers beside those
std::span<const Condition> file_conditions();         // capture files themselves
std::span<const Condition> routing_conditions();      // filters and formats

}  // namespace logsniffd::golden
