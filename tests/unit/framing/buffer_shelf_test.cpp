#include "daemon/framing/buffer_shelf.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace logsniffd::framing {
namespace {

TEST(BufferShelfTest, GivesBackWhatItWasGiven) {
  BufferShelf shelf;
  Buffer small = shelf.take(1);
  Buffer large = shelf.take(BufferShelf::kLeastBytes + 1);
  EXPECT_EQ(small.capacity(), BufferShelf::kLeastBytes);
  EXPECT_EQ(large.capacity(), 2 * BufferShelf::kLeastBytes);
  small.push_back(1);
  const std::uint8_t* const small_at = small.data();
  const std::uint8_t* const large_at = large.data();
  shelf.give(std::move(small));
  shelf.give(std::move(large));
  const Buffer large_again = shelf.take(2 * BufferShelf::kLeastBytes);
  const Buffer small_again = shelf.take(BufferShelf::kLeastBytes);
  EXPECT_EQ(large_again.data(), large_at);
  EXPECT_EQ(small_again.data(), small_at);
  EXPECT_TRUE(small_again.empty());
}

TEST(BufferShelfTest, Full_FreesWhatItIsGiven) {
  BufferShelf shelf;
  Buffer all = shelf.take(BufferShelf::kShelfBytes);
  Buffer one_more = shelf.take(1);
  one_more.push_back(7);
  shelf.give(std::move(all));
  shelf.give(std::move(one_more));
  EXPECT_EQ(shelf.take(BufferShelf::kShelfBytes).capacity(), BufferShelf::kShelfBytes);
  EXPECT_TRUE(shelf.take(1).empty());
}

}  // namespace
}  // namespace logsniffd::framing
