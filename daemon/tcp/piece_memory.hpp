// Memory for held payload: blocks of a few sizes, cut from huge pages, kept for the next hole.
//
// A capture loses packets in floods. The heap would then pay a page fault for every second segment, and be
// left fragmented.
//
// THREAD  confined to the capture worker that owns it.
// BOUNDS  none of its own: it takes what its users are charged for. Blocks up to kLargest bytes are never given back to
//         the system; at most as many are kept as were in use at the same time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/base/bytes.hpp"

namespace logsniffd::tcp {

class PieceMemory {
 public:
  static constexpr std::array<std::size_t, 7> kSizes = {64, 256, 768, 1536, 2048, 3072, 4096};
  static constexpr std::size_t kLargest = kSizes.back();

  PieceMemory() = default;
  PieceMemory(const PieceMemory&) = delete;
  PieceMemory& operator=(const PieceMemory&) = delete;
  ~PieceMemory();  // REQUIRED: every block was released

  // The size of the block for this many bytes; beyond kLargest it is only slightly larger.
  [[nodiscard]] static std::size_t block_size(std::size_t bytes);
  // REQUIRED: a size that block_size() returned.
  [[nodiscard]] std::uint8_t* allocate(std::size_t block_bytes);
  void release(std::uint8_t* block, std::size_t block_bytes);

 private:
  std::array<std::vector<std::uint8_t*>, kSizes.size()> free_;
  std::vector<void*> chunks_;
};

// The bytes of one held piece.
class PieceBytes {
 public:
  PieceBytes(PieceMemory& memory, Bytes bytes);
  PieceBytes(PieceBytes&& other) noexcept;
  PieceBytes& operator=(PieceBytes&& other) noexcept;
  ~PieceBytes();

  void append(Bytes more);
  [[nodiscard]] Bytes view() const { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t block_bytes() const { return capacity_; }

 private:
  PieceMemory* memory_;
  std::uint8_t* data_;
  std::size_t size_;
  std::size_t capacity_;
};

}  // namespace logsniffd::tcp
