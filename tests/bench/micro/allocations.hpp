// The number of calls of operator new in this process, on all threads.
#pragma once

#include <cstdint>

std::uint64_t allocations();
