// The streams that lost bytes since the last report, and how many bytes: the daemon warns about them.
//
// A table of fixed size. A stream that is not in it takes the place of the one that lost least, whose bytes move to the
// sum of the others. So many small losses do not hide a large one.
//
// THREAD     confined to its owner.
// PRECISION  the total of a report is exact; its number for a single stream is at most what that stream lost.
// BOUNDS     kStreams streams; allocates only in take().
// COST       kStreams comparisons of keys for each add().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/base/endpoint.hpp"
#include "daemon/tcp/stream_observer.hpp"

namespace logsniffd::record_path {

// Bytes by their fate (tcp::StreamCounters).
struct UnreadBytes {
  std::uint64_t missing = 0;  // in gaps
  std::uint64_t late = 0;
  std::uint64_t after_end = 0;
  std::uint64_t outside_window = 0;

  [[nodiscard]] static UnreadBytes of(tcp::Unread why, std::uint64_t bytes);
  [[nodiscard]] std::uint64_t sum() const { return missing + late + after_end + outside_window; }
  UnreadBytes& operator+=(const UnreadBytes& more);
  bool operator==(const UnreadBytes&) const = default;
};

struct UnreadReport {
  struct UnreadStream {
    Flow flow;
    UnreadBytes bytes;
  };
  std::vector<UnreadStream> streams;  // at most UnreadStreams::kShown; the largest loss first
  UnreadBytes others;                 // of all streams that are not shown

  [[nodiscard]] bool empty() const { return streams.empty(); }
};

class UnreadStreams {
 public:
  static constexpr std::size_t kStreams = 32;
  static constexpr std::size_t kShown = 8;

  void add(tcp::StreamId stream, const tcp::FlowKey& key, const UnreadBytes& bytes);
  // Returns what was added since the last call.
  [[nodiscard]] UnreadReport take();

 private:
  struct Loss {
    tcp::FlowKey key{};
    std::uint8_t direction = 0;
    UnreadBytes bytes;  // none: the place is free
  };

  std::array<Loss, kStreams> losses_{};
  UnreadBytes others_;
};

}  // namespace logsniffd::record_path
