// How often this process has called operator new; any thread.
#pragma once

#include <cstdint>

std::uint64_t allocations();
