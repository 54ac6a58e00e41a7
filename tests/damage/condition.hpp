// One condition of the golden set, ready to run many times: its packets in memory, its configuration as a plan.
//
// THREAD  any; runs do not share anything.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/pipeline/pipeline.hpp"

namespace logsniffd::damage {

struct StoredPacket {
  std::vector<std::uint8_t> bytes;
  std::uint32_t original_length = 0;
  PacketTime captured_at{};
  capture::LinkType link_type{};
  std::uint32_t interface_id = 0;
  std::string interface = {};
};
using Packets = std::vector<const StoredPacket*>;  // of a run, in order

struct SeenRecord {
  Flow flow;
  std::string filter;
  std::string message;
  Integrity integrity = Integrity::whole;
  std::string attributes;  // all except the capture time: a record after damage may come later
  bool operator==(const SeenRecord&) const = default;
};

struct Outcome {
  std::vector<SeenRecord> records;
  std::string imbalance;  // the first sum of the ledger that did not hold; empty if all did
};

class Condition {
 public:
  // Loads the folder of a golden case.
  [[nodiscard]] static Expected<Condition> load(const std::string& folder);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<StoredPacket>& packets() const { return packets_; }
  [[nodiscard]] Packets all() const;
  [[nodiscard]] std::size_t captured_bytes() const;
  // Whether several lines may form one record of this filter (multiline).
  [[nodiscard]] bool joins_lines(const std::string& filter) const;
  [[nodiscard]] Outcome run(const Packets& packets) const;

 private:
  Condition() = default;

  std::string name_;
  std::vector<StoredPacket> packets_;
  std::shared_ptr<const record_path::RoutingPlan> plan_;
  pipeline::PipelineOptions options_;
};

}  // namespace logsniffd::damage
