// How complete a record is known to be. A record that is not `whole` says so wherever it is written.
#pragma once

#include <cstdint>
#include <string_view>

namespace logsniffd {

enum class Integrity : std::uint8_t {
  whole,        // holds every byte between two proven boundaries
  joined_late,  // its start may be missing: the capture began inside the stream
  gap,          // it touches a hole, or is the first since bytes of its stream were captured but could not be placed
  truncated,    // longer than limits.record, or a datagram cut by the snapshot length (a cut segment leaves a gap)
  unfinished,   // its end was not seen: the stream ended, or its connection was evicted
};

std::string_view to_string(Integrity integrity);  // "whole", "joined_late", ...

}  // namespace logsniffd
