// What a configuration asks of the pipeline: the filters, and how their traffic is framed and decoded.
//
// Filters that frame and decode alike share a lane; a stream wanted by filters of several lanes is cut once for each.
// `final` acts within a lane, for the records of different lanes are different records.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "daemon/filter/filter_table.hpp"
#include "daemon/framing/framing.hpp"
#include "daemon/record/decoder.hpp"
#include "daemon/record/record_batch.hpp"

namespace logsniffd::pipeline {

struct Lane {
  framing::FramingOptions framing = {};
  record::Decode decode = record::Decode::automatic;
  filter::FilterMask filters = 0;  // those that share it
};

// Immutable; shared by all capture workers, and by the batches for the names.
struct RoutingPlan {
  filter::FilterTable filters;
  std::vector<Lane> lanes;
  std::shared_ptr<const record::FilterNames> names;  // by filter
};

}  // namespace logsniffd::pipeline
