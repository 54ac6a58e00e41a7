// The keys of a filter that make it write less than it takes.
#pragma once

#include "config/value.hpp"
#include "daemon/filter/volume.hpp"

namespace logsniffd::config {

// `1/100`, or {keep: 1/100, by: flow}.
void read_sample(const Value& value, filter::VolumeOptions& volume);
// A time.
void read_repeat(const Value& value, filter::VolumeOptions& volume);
// `1000/s`, or {limit: 1000/s, burst: 5000, by: src}.
void read_rate(const Value& value, filter::VolumeOptions& volume);

}  // namespace logsniffd::config
