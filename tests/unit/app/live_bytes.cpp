#include "tests/unit/app/live_bytes.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace logsniffd::test {
namespace {

std::atomic<std::size_t> live = 0;

}  // namespace

std::size_t live_bytes() { return live; }

// The size of each block stands in front of it.
constexpr std::size_t kFront = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
static_assert(kFront >= sizeof(std::size_t));

void* counted_new(std::size_t size) {
  auto* const block = static_cast<std::size_t*>(std::malloc(kFront + size));
  if (block == nullptr) throw std::bad_alloc();
  *block = size;
  live += size;
  return reinterpret_cast<std::byte*>(block) + kFront;
}

void counted_delete(void* memory) {
  if (memory == nullptr) return;
  auto* const block = reinterpret_cast<std::size_t*>(static_cast<std::byte*>(memory) - kFront);
  live -= *block;
  std::free(block);
}

}  // namespace logsniffd::test

#if !LOGSNIFFD_ADDRESS_SANITIZER && !LOGSNIFFD_THREAD_SANITIZER
// The other forms without an alignment call these.
void* operator new(std::size_t size) { return logsniffd::test::counted_new(size); }
void operator delete(void* memory) noexcept { logsniffd::test::counted_delete(memory); }
void operator delete(void* memory, std::size_t) noexcept { logsniffd::test::counted_delete(memory); }
#endif
