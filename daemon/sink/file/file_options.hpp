// The options of a file sink.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "daemon/base/choice.hpp"
#include "daemon/base/time.hpp"
#include "daemon/sink/file/archive.hpp"

namespace logsniffd::sink::file {

// When written lines are brought to the disk. A killed process loses nothing either way; a loss of power does.
enum class SyncPolicy : std::uint8_t {
  never,     // when the kernel sees fit, usually within 30 s
  interval,  // a second after they were written, at most once a second for each file
  always,    // before they count as written
};
inline constexpr auto kSyncPolicies = std::to_array<Choice<SyncPolicy>>(
    {{"never", SyncPolicy::never}, {"interval", SyncPolicy::interval}, {"always", SyncPolicy::always}});

// At least one of `size` and `every` is set.
struct RotationOptions {
  std::optional<std::uint64_t> size = {};  // a file that holds lines does not grow beyond it
  std::optional<Duration> every = {};      // local_periods.hpp
  ArchiveRules archive = {};

  bool operator==(const RotationOptions&) const = default;
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

}  // namespace logsniffd::sink::file
