// Memory for large tables that are looked up in random order. It is on huge pages, if the system grants them, so that a
// look-up does not also pay for the page tables.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace logsniffd {

inline constexpr std::size_t kHugePage = std::size_t{2} << 20;

// Returns `bytes` or a little more, for std::free(). Throws std::bad_alloc.
inline void* allocate_huge(std::size_t bytes) {
  void* const memory = std::aligned_alloc(kHugePage, (bytes + kHugePage - 1) / kHugePage * kHugePage);
  if (memory == nullptr) throw std::bad_alloc();
  ::madvise(memory, bytes, MADV_HUGEPAGE);  // only advice: it may fail without harm
  return memory;
}

// An allocator for containers. Anything smaller than a huge page comes from the heap.
template <class T>
struct HugePageAllocator {
  using value_type = T;

  HugePageAllocator() = default;
  template <class U>
  HugePageAllocator(const HugePageAllocator<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    return static_cast<T*>(bytes < kHugePage ? ::operator new(bytes) : allocate_huge(bytes));
  }
  void deallocate(T* memory, std::size_t count) {
    if (count * sizeof(T) < kHugePage) {
      ::operator delete(memory);
    } else {
      std::free(memory);
    }
  }

  bool operator==(const HugePageAllocator&) const { return true; }
};

}  // namespace logsniffd
