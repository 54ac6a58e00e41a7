// The loads: friendly ones, and those of somebody who wants the collector to be slow, large or wrong.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "tests/bench/tcp_load/wire.hpp"

namespace logsniffd::bench {

struct Shape {
  std::uint32_t connections = 0;
  std::uint64_t packets = 0;  // of the measured part; 0 where connections and bytes decide
  std::uint32_t bytes = 0;    // a stream, where it matters
  std::uint64_t rate = 0;     // packets a second of packet time

  [[nodiscard]] Duration apart() const { return Duration(std::chrono::seconds(1)) / static_cast<std::int64_t>(rate); }
};

struct Scenario {
  std::string_view name;
  std::string_view what;
  Shape shape;  // where the command line says nothing else
  void (*play)(Wire& wire, const Shape& shape);
};

[[nodiscard]] std::span<const Scenario> scenarios();

}  // namespace logsniffd::bench
