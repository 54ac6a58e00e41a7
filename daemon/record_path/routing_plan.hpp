// What a configuration requires of the pipeline: the filters, and how their traffic is framed and decoded.
//
// Filters that frame, join and decode alike share a lane. A stream that filters of several lanes want is cut once for
// each. `final` acts within a lane, because the records of different lanes are different records.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/decoder/decoder.hpp"
#include "daemon/filter/filter_table.hpp"
#include "daemon/filter/line_pattern.hpp"
#include "daemon/framing/framing.hpp"
#include "daemon/framing/line_joiner.hpp"
#include "daemon/record/record_batch.hpp"

namespace logsniffd::record_path {

// Which lines become one record, and the pattern that `options` points at, if it needs one.
struct Joining {
  framing::JoinOptions options;
  std::string expression = {};
  std::shared_ptr<const filter::LinePattern> start = nullptr;  // shared by the copies of this value

  friend bool operator==(const Joining& a, const Joining& b) {
    return a.options.mode == b.options.mode && a.options.timeout == b.options.timeout && a.expression == b.expression;
  }
};

struct Lane {
  framing::FramingOptions framing = {};
  std::optional<Joining> joining = {};
  record::Decode decode = record::Decode::automatic;
  filter::FilterMask filters = 0;  // those that share it

  // True if both make the same records from the same bytes.
  [[nodiscard]] bool treats_as(const Lane& other) const {
    return framing == other.framing && joining == other.joining && decode == other.decode;
  }
};

// Immutable; shared by all capture workers, and by the batches, which need the names.
struct RoutingPlan {
  filter::FilterTable filters;
  std::vector<Lane> lanes;
  std::shared_ptr<const record::FilterNames> names;  // by filter
};

}  // namespace logsniffd::record_path
