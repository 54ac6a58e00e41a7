// What this process has used so far: processor time, memory, allocations.
//
// usage.cpp replaces the global operator new and delete, so that every allocation of the rooms is counted.
#pragma once

#include <cstdint>

namespace logsniffd::bench {

// Processor time of the calling thread.
[[nodiscard]] std::uint64_t processor_ns();

// The number of calls of operator new.
[[nodiscard]] std::uint64_t allocations();

// Bytes allocated and not freed, as the allocator rounds them.
[[nodiscard]] std::uint64_t heap_bytes();

// From /proc/self/status; 0 if it cannot be read.
struct Resident {
  double now_mib = 0;
  double peak_mib = 0;
};
[[nodiscard]] Resident resident();

}  // namespace logsniffd::bench
