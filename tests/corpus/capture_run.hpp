// One capture file, once through the whole pipeline: what the file gave, and whether the ledger held at every packet.
//
// THREAD  any; a run shares nothing with another.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "daemon/pipeline/pipeline.hpp"

namespace logsniffd::corpus {

inline constexpr std::size_t kWholePacket = std::numeric_limits<std::size_t>::max();

// Asks for everything there is, one record to one filter, all of them to sink 0.
struct Scenario {
  std::string name;
  std::shared_ptr<const record_path::RoutingPlan> plan;
  pipeline::PipelineOptions options;
};

// Limits so low that ordinary captures reach them; framing and decoding find out what there is.
[[nodiscard]] Scenario tight_limits();
// The limits of an installation; each method of framing in a lane of its own.
[[nodiscard]] Scenario every_lane();

struct RunResult {
  std::uint64_t packets = 0;
  std::string refusal;  // why the file cannot be read, or not to its end; empty where it was
  std::string problem;  // what the product did wrong; empty where nothing
};

// Every packet is cut to `snapshot_bytes`, as a capture of that snapshot length would have it.
[[nodiscard]] RunResult run_capture(const std::string& path, std::size_t snapshot_bytes, const Scenario& scenario);

struct CutResult {
  std::uint64_t pieces = 0;
  std::string problem;
};

// The file cut at many places, as a full disk leaves it: each piece must give the first packets of the whole file, and
// then end or be refused.
[[nodiscard]] CutResult cut_file(const std::string& path);

}  // namespace logsniffd::corpus
