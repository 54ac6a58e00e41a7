// Lines that lie one behind the other, each with its delimiter, to be handed on together.
//
// THREAD    confined to the capture worker.
// LIFETIME  one call of a framer. REQUIRED: give_out() after the last add(), and before any other frame.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "daemon/framing/frame.hpp"

namespace logsniffd::framing {

class LineRun {
 public:
  static constexpr std::size_t kMost = 64;

  explicit LineRun(FrameObserver& observer) : observer_(observer) {}

  // `line`: without its delimiter, which follows it in memory, as the next line follows that.
  void add(Bytes line) {
    if (count_ == 0) begin_ = line.data();
    end_ = line.data() + line.size() + 1;
    sizes_[count_++] = static_cast<std::uint32_t>(line.size());
    if (count_ == kMost) [[unlikely]]
      give_out();
  }
  void give_out() {
    if (count_ == 0) return;
    observer_.on_lines({begin_, end_}, {sizes_.data(), std::exchange(count_, 0)});
  }

 private:
  FrameObserver& observer_;
  const std::uint8_t* begin_ = nullptr;
  const std::uint8_t* end_ = nullptr;
  std::size_t count_ = 0;
  std::array<std::uint32_t, kMost> sizes_;  // not initialized, because most runs are short
};

}  // namespace logsniffd::framing
