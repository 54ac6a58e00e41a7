#include "daemon/tcp/piece_memory.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "daemon/base/huge_allocation.hpp"

namespace logsniffd::tcp {
namespace {

std::size_t class_of(std::size_t block_bytes) {
  const auto& sizes = PieceMemory::kSizes;
  return static_cast<std::size_t>(std::find(sizes.begin(), sizes.end(), block_bytes) - sizes.begin());
}

}  // namespace

PieceMemory::~PieceMemory() {
  for (void* const chunk : chunks_) std::free(chunk);
}

std::size_t PieceMemory::block_size(std::size_t bytes) {
  const auto* const fits = std::lower_bound(kSizes.begin(), kSizes.end(), bytes);
  return fits == kSizes.end() ? (bytes + kSizes[0] - 1) / kSizes[0] * kSizes[0] : *fits;
}

std::uint8_t* PieceMemory::allocate(std::size_t block_bytes) {
  if (block_bytes > kLargest) return static_cast<std::uint8_t*>(::operator new(block_bytes));
  std::vector<std::uint8_t*>& free = free_[class_of(block_bytes)];
  if (free.empty()) {
    auto* const chunk = static_cast<std::uint8_t*>(allocate_huge(kHugePage));
    chunks_.push_back(chunk);
    // The last block is added first, so that blocks are taken from the start of the chunk.
    for (std::size_t i = kHugePage / block_bytes; i-- > 0;) free.push_back(chunk + i * block_bytes);
  }
  std::uint8_t* const block = free.back();
  free.pop_back();
  return block;
}

void PieceMemory::release(std::uint8_t* block, std::size_t block_bytes) {
  if (block_bytes > kLargest) return ::operator delete(block);
  free_[class_of(block_bytes)].push_back(block);
}

PieceBytes::PieceBytes(PieceMemory& memory, Bytes bytes)
    : memory_(&memory),
      data_(memory.allocate(PieceMemory::block_size(bytes.size()))),
      size_(bytes.size()),
      capacity_(PieceMemory::block_size(bytes.size())) {
  std::memcpy(data_, bytes.data(), bytes.size());
}

PieceBytes::PieceBytes(PieceBytes&& other) noexcept
    : memory_(other.memory_),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

PieceBytes& PieceBytes::operator=(PieceBytes&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  return *this;
}

PieceBytes::~PieceBytes() {
  if (data_ != nullptr) memory_->release(data_, capacity_);
}

void PieceBytes::append(Bytes more) {
  if (size_ + more.size() > capacity_) {
    // Grows by at least half, so that a piece that grows byte by byte is not copied each time.
    const std::size_t larger = PieceMemory::block_size(std::max(size_ + more.size(), size_ + size_ / 2));
    std::uint8_t* const moved = memory_->allocate(larger);
    std::memcpy(moved, data_, size_);
    memory_->release(std::exchange(data_, moved), std::exchange(capacity_, larger));
  }
  std::memcpy(data_ + size_, more.data(), more.size());
  size_ += more.size();
}

}  // namespace logsniffd::tcp
