// Values in one piece of memory, which is allocated once and neither grows nor moves.
#pragma once

#include <cassert>
#include <cstddef>
#include <memory>

namespace logsniffd::record::python {

template <class T>
class FixedArena {
 public:
  explicit FixedArena(std::size_t capacity)
      : items_(std::make_unique_for_overwrite<T[]>(capacity)), capacity_(capacity) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t room() const { return capacity_ - size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool full() const { return size_ == capacity_; }
  [[nodiscard]] T& operator[](std::size_t i) { return items_[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return items_[i]; }
  [[nodiscard]] const T& back() const { return items_[size_ - 1]; }  // REQUIRED: not empty

  void push(const T& item) {  // REQUIRED: not full
    assert(!full());
    items_[size_++] = item;
  }
  void truncate(std::size_t size) {  // REQUIRED: size <= size()
    assert(size <= size_);
    size_ = size;
  }

 private:
  std::unique_ptr<T[]> items_;
  std::size_t capacity_;
  std::size_t size_ = 0;
};

}  // namespace logsniffd::record::python
