// How many bytes the C++ code of this executable holds: what was asked of `new` and not deleted yet, to the byte.
//
// malloc's own figures differ from that by what a block is larger than what was asked for. Memory of C libraries and of
// aligned `new` is not counted. Absent under sanitizers, which have allocators of their own (kCountsBytes).
#pragma once

#include <cstddef>

#include "tests/support/sanitized.hpp"

namespace logsniffd::test {

inline constexpr bool kCountsBytes = !LOGSNIFFD_ADDRESS_SANITIZER && !LOGSNIFFD_THREAD_SANITIZER;

[[nodiscard]] std::size_t live_bytes();  // 0 if not counted

}  // namespace logsniffd::test
