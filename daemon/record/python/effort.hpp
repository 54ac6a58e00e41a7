// How much work may still be done for one frame, counted in bytes produced, whether they are kept or thrown away.
//
// Work that takes longer than its bytes suggest (an int of 500 bits, a lookup) spends more. Once an effort was not
// enough, it stays exhausted.
#pragma once

#include <cstddef>

namespace logsniffd::record::python {

class Effort {
 public:
  explicit Effort(std::size_t bytes) : given_(bytes), left_(bytes) {}

  // False if less than that is left.
  bool spend(std::size_t bytes) {
    exhausted_ = exhausted_ || bytes > left_;
    left_ = bytes > left_ ? 0 : left_ - bytes;
    return !exhausted_;
  }

  [[nodiscard]] std::size_t left() const { return left_; }
  [[nodiscard]] std::size_t spent() const { return given_ - left_; }
  [[nodiscard]] bool exhausted() const { return exhausted_; }

 private:
  std::size_t given_;
  std::size_t left_;
  bool exhausted_ = false;
};

}  // namespace logsniffd::record::python
