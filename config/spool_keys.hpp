// The key `spool` of a sink.
#pragma once

#include <vector>

#include "config/model.hpp"
#include "config/value.hpp"

namespace logsniffd::config {

void read_spool(const Value& value, Sink& sink);

// Two sinks cannot share a spool: compares `sink`, which was read from `value`, to the sinks before it.
void check_own_spool(const Value& value, const Sink& sink, const std::vector<Sink>& before);

}  // namespace logsniffd::config
