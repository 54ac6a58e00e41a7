// Runs one capture file through the whole pipeline: what the file contained, and whether the ledger held
// at every packet.
//
// THREAD  any; runs do not share anything.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "daemon/pipeline/pipeline.hpp"

namespace logsniffd::corpus {

inline constexpr std::size_t kWholePacket = std::numeric_limits<std::size_t>::max();

// Wants everything: each record matches one filter, and all go to sink 0.
struct Scenario {
  std::string name;
  std::shared_ptr<const record_path::RoutingPlan> plan;
  pipeline::PipelineOptions options;
};

// Limits so low that ordinary captures reach them, with automatic framing and decoding.
[[nodiscard]] Scenario tight_limits();
// The limits of an installation, with each framing method in its own lane.
[[nodiscard]] Scenario every_lane();

struct RunResult {
  std::uint64_t packets = 0;
  std::string refusal;  // why the file cannot be read to its end; empty if it can
  std::string problem;  // what the product did wrong; empty if nothing
};

// Cuts every packet to `snapshot_bytes`, as a capture with that snapshot length would.
[[nodiscard]] RunResult run_capture(const std::string& path, std::size_t snapshot_bytes, const Scenario& scenario);

struct CutResult {
  std::uint64_t pieces = 0;
  std::string problem;
};

// Cuts the file at many places, as a full disk does. Each piece must give the first packets of the whole file, and then
// end or be refused.
[[nodiscard]] CutResult cut_file(const std::string& path);

}  // namespace logsniffd::corpus
