// What this process has used so far: processor time, memory, allocations.
//
// usage.cpp replaces the global operator new and delete, so that every allocation of the rooms is counted.
#pragma once

#include <cstdint>

namespace logsniffd::bench {

// Of the calling thread.
[[nodiscard]] std::uint64_t processor_ns();

// Calls of operator new.
[[nodiscard]] std::uint64_t allocations();

// Allocated and not freed, as the allocator rounds it.
[[nodiscard]] std::uint64_t heap_bytes();

// /proc/self/status; 0 where it cannot be read.
struct Resident {
  double now_mib = 0;
  double peak_mib = 0;
};
[[nodiscard]] Resident resident();

}  // namespace logsniffd::bench
