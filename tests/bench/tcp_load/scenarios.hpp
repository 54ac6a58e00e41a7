// The loads: friendly ones, and those of an attacker who wants the collector to be slow, large or wrong.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "tests/bench/tcp_load/wire.hpp"

namespace logsniffd::bench {

struct Shape {
  std::uint32_t connections = 0;
  std::uint64_t packets = 0;  // of the measured part; 0 if connections and bytes decide
  std::uint32_t bytes = 0;    // of each stream, if it matters
  std::uint64_t rate = 0;     // packets per second of packet time

  [[nodiscard]] Duration apart() const { return Duration(std::chrono::seconds(1)) / static_cast<std::int64_t>(rate); }
};

struct Scenario {
  std::string_view name;
  std::string_view what;
  Shape shape;  // the defaults of the command line
  void (*play)(Wire& wire, const Shape& shape);
};

[[nodiscard]] std::span<const Scenario> scenarios();

}  // namespace logsniffd::bench
