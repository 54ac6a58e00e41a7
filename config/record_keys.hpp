// The keys of a filter that say what a record is: where it ends, and which lines belong together.
#pragma once

#include "config/model.hpp"
#include "config/value.hpp"

namespace logsniffd::config {

// A word, or a mapping with `method` if it has details: {method: length, bytes: 2, order: little}.
void read_framing(const Value& value, framing::FramingOptions& framing);
// 'traceback', or a mapping with one of start, indent and traceback.
void read_multiline(const Value& value, Multiline& multiline);

}  // namespace logsniffd::config
