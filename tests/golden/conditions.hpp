// The conditions whose inputs golden_inputs writes: tests/golden/<name>/<file>. Each table is one source file.
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

std::span<const Condition> order_conditions();       // the segments of a running stream, and holes between them
std::span<const Condition> connection_conditions();  // how connections begin and end
std::span<const Condition> framing_conditions();     // where a record ends, and what it says
std::span<const Condition> packet_conditions();      // link layers and IP
std::span<const Condition> routing_conditions();     // filters and formats

}  // namespace logsniffd::golden
