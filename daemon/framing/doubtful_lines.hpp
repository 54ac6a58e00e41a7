// Lines that wait for a later line, which decides whether they belong to the record before them. They are kept in one
// buffer, in order, each with its time.
//
// LIFETIME  a view is valid until a line is added, or the buffer moves.
// BOUNDS    none of its own: the owner charges the buffer's capacity.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "daemon/base/bytes.hpp"
#include "daemon/base/time.hpp"
#include "daemon/framing/framing.hpp"

namespace logsniffd::framing {

struct DoubtfulLine {
  Bytes bytes;
  PacketTime seen_at{};
};

class DoubtfulLines {
 public:
  [[nodiscard]] bool empty() const { return read_ == buffer_.size(); }
  [[nodiscard]] std::uint32_t count() const { return count_; }  // of all added lines
  // The bytes of the lines alone.
  [[nodiscard]] std::size_t bytes() const { return buffer_.size() - count_ * sizeof(Front); }
  // The size of the buffer with one more line.
  [[nodiscard]] std::size_t held_with(Bytes line) const { return buffer_.size() + sizeof(Front) + line.size(); }

  // REQUIRED: the buffer has room for held_with(line).
  void add(Bytes line, PacketTime seen_at) {
    const Front front{seen_at, line.size()};
    const std::size_t at = buffer_.size();
    buffer_.resize(at + sizeof front);
    std::memcpy(buffer_.data() + at, &front, sizeof front);
    buffer_.insert(buffer_.end(), line.begin(), line.end());
    ++count_;
  }
  // Takes the first line that was not taken yet. REQUIRED: not empty().
  DoubtfulLine next() {
    Front front;
    std::memcpy(&front, buffer_.data() + read_, sizeof front);
    const Bytes line = Bytes(buffer_).subspan(read_ + sizeof front, front.bytes);
    read_ += sizeof front + front.bytes;
    return {line, front.seen_at};
  }

  [[nodiscard]] Buffer& buffer() { return buffer_; }

 private:
  struct Front {
    PacketTime seen_at{};
    std::size_t bytes = 0;
  };

  Buffer buffer_;
  std::size_t read_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace logsniffd::framing
