// Holds objects that come and go in large numbers, each under its own small number: dense, at stable addresses, without
// an allocation for each object.
//
// INVARIANT  numbers are below the largest count of objects that lived at the same time.
// THREAD     confined to its owner.
// BOUNDS     none of its own. Memory is kept for later objects and never given back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "daemon/base/huge_allocation.hpp"

namespace logsniffd {

template <class T>
class SlabPool {
 public:
  using Number = std::uint32_t;

  SlabPool() = default;
  SlabPool(const SlabPool&) = delete;
  SlabPool& operator=(const SlabPool&) = delete;
  ~SlabPool() {
    for (Number number = 0; number < made_; ++number) std::destroy_at(&(*this)[number]);
    for (T* const slab : slabs_) std::free(slab);
  }

  // Returns the number of an object: a new one, or a released one in the state in which it was left.
  [[nodiscard]] Number acquire() {
    if (!free_.empty()) {
      const Number number = free_.back();
      free_.pop_back();
      return number;
    }
    if (made_ == slabs_.size() * kPerSlab) add_slab();
    std::construct_at(&(*this)[made_]);
    return made_++;
  }
  // REQUIRED: acquired, and not released since.
  void release(Number number) { free_.push_back(number); }

  [[nodiscard]] T& operator[](Number number) { return slabs_[number / kPerSlab][number % kPerSlab]; }
  [[nodiscard]] const T& operator[](Number number) const { return slabs_[number / kPerSlab][number % kPerSlab]; }

 private:
  static constexpr std::size_t kPerSlab = kHugePage / sizeof(T);

  void add_slab() {
    // The first slab takes memory page by page, as needed: most pools stay small.
    void* const memory = slabs_.empty() ? std::malloc(kHugePage) : allocate_huge(kHugePage);
    if (memory == nullptr) throw std::bad_alloc();
    slabs_.push_back(static_cast<T*>(memory));
  }

  std::vector<T*> slabs_;
  std::vector<Number> free_;
  Number made_ = 0;
};

}  // namespace logsniffd
