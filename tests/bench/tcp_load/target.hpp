// The target of a scenario: the TCP room, the whole pipeline, or nothing (the cost of measuring).
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>

#include "config/model.hpp"
#include "daemon/tcp/segment.hpp"

namespace logsniffd::bench {

struct Arrival {
  tcp::SegmentView segment;
  PacketTime at;
};

class Target {
 public:
  Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  virtual ~Target() = default;

  // Not timed: converts segments to the input of process().
  virtual void prepare(std::span<const Arrival>) {}
  // Timed. REQUIRED: prepare() has just seen the same arrivals.
  virtual void process(std::span<const Arrival> arrivals) = 0;
  // Timed: nothing came, and time has passed.
  virtual void silence(PacketTime) {}
  virtual void finish(PacketTime) {}

  // The final counts. `balanced`: the ledger explains every packet, byte and record, and `sent` payload
  // bytes were seen.
  struct Books {
    bool balanced = true;
    std::uint64_t open_connections = 0;
  };
  [[nodiscard]] virtual Books books(std::uint64_t) const { return {}; }
  virtual void describe(nlohmann::ordered_json&) const {}
};

// Reads what process() would read, and does nothing else. With `frames`, segments are converted to frames first, as
// for the pipeline.
[[nodiscard]] std::unique_ptr<Target> make_idle_target(bool frames);
[[nodiscard]] std::unique_ptr<Target> make_table_target(const config::Limits& limits);
// One filter for the server's port, `lines`, and a queue that is drained immediately.
[[nodiscard]] std::unique_ptr<Target> make_pipeline_target(const config::Limits& limits);

}  // namespace logsniffd::bench
