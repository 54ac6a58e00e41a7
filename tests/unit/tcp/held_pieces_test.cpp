#include "daemon/tcp/held_pieces.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace logsniffd::tcp {
namespace {

constexpr PacketTime kThen{std::chrono::seconds(100)};

class HeldPiecesTest : public testing::Test {
 protected:
  PieceMemory memory;
  HeldPieces pieces{memory};
};

HeldPieces::Held hold(HeldPieces& pieces, StreamOffset offset, std::string_view payload) {
  return pieces.hold(offset, as_bytes(payload), kThen);
}

// Returns "10:abc 20:de".
std::string drain(HeldPieces& pieces) {
  std::string text;
  while (!pieces.empty()) {
    if (!text.empty()) text += ' ';
    text += std::to_string(pieces.first_offset()) + ":" + std::string(as_text(pieces.first_bytes()));
    pieces.pop_first();
  }
  EXPECT_EQ(pieces.charged_bytes(), 0U);
  return text;
}

TEST_F(HeldPiecesTest, InAnyOrder_Sorted) {
  hold(pieces, 20, "cd");
  hold(pieces, 10, "ab");
  EXPECT_EQ(pieces.end_offset(), 22);
  EXPECT_EQ(drain(pieces), "10:ab 20:cd");
}

TEST_F(HeldPiecesTest, SameAgain_IsDuplicate) {
  hold(pieces, 10, "abc");
  const auto held = hold(pieces, 10, "abc");
  EXPECT_EQ(held.kept, 0U);
  EXPECT_EQ(held.duplicate, 3U);
  EXPECT_EQ(held.conflicts, 0U);
  EXPECT_TRUE(pieces.first_is_lone());
  EXPECT_EQ(drain(pieces), "10:abc");
}

TEST_F(HeldPiecesTest, OverlapWithOtherBytes_FirstWins) {
  hold(pieces, 10, "abcd");
  const auto held = hold(pieces, 12, "XXef");
  EXPECT_EQ(held.kept, 2U);
  EXPECT_EQ(held.duplicate, 2U);
  EXPECT_EQ(held.conflicts, 1U);
  EXPECT_EQ(drain(pieces), "10:abcd 14:ef");
}

TEST_F(HeldPiecesTest, OneSegmentOverManyPieces_BecomesOneWithThem) {
  for (const StreamOffset at : {1, 3, 5, 7}) hold(pieces, at, "o");
  const auto held = hold(pieces, 0, "abcdefghi");
  EXPECT_EQ(held.kept, 5U);
  EXPECT_EQ(held.duplicate, 4U);
  EXPECT_EQ(held.conflicts, 4U);
  EXPECT_EQ(drain(pieces), "0:a 1:o 2:c 3:o 4:e 5:o 6:g 7:o 8:i");
}

TEST_F(HeldPiecesTest, SegmentEndsInsideAPiece_ThatPieceStays) {
  hold(pieces, 4, "efgh");
  const auto held = hold(pieces, 0, "abcdef");
  EXPECT_EQ(held.kept, 4U);
  EXPECT_EQ(held.duplicate, 2U);
  EXPECT_EQ(drain(pieces), "0:abcd 4:efgh");
}

TEST_F(HeldPiecesTest, SegmentInsideAPiece_IsDuplicate) {
  hold(pieces, 10, "abcdef");
  EXPECT_EQ(hold(pieces, 12, "cd").duplicate, 2U);
  EXPECT_EQ(drain(pieces), "10:abcdef");
}

TEST_F(HeldPiecesTest, NextSegment_MakesTheFirstPieceNotLone) {
  hold(pieces, 10, "abc");
  EXPECT_TRUE(pieces.first_is_lone());
  hold(pieces, 20, "far");
  EXPECT_TRUE(pieces.first_is_lone());
  hold(pieces, 13, "def");
  EXPECT_FALSE(pieces.first_is_lone());
}

TEST_F(HeldPiecesTest, GrownBySecondSegment_NotLone) {
  hold(pieces, 10, "abc");
  hold(pieces, 11, "bcd");
  EXPECT_FALSE(pieces.first_is_lone());
}

TEST_F(HeldPiecesTest, OneByteEach_ChargedWithItsBookkeeping) {
  for (StreamOffset at = 0; at < 200; at += 2) hold(pieces, at, "x");
  EXPECT_GE(pieces.charged_bytes(), 100 * (HeldPieces::kPieceOverhead + 1));
}

TEST_F(HeldPiecesTest, GrownThroughEverySizeOfBlock_KeepsItsBytes) {
  std::string expected = "0";
  hold(pieces, 0, expected);
  while (expected.size() < 3 * PieceMemory::kLargest) {
    const std::string more(37, static_cast<char>('a' + expected.size() % 26));
    hold(pieces, static_cast<StreamOffset>(expected.size()) - 1, expected.substr(expected.size() - 1) + more);
    expected += more;
  }
  EXPECT_EQ(as_text(pieces.first_bytes()), expected);
  EXPECT_GE(pieces.charged_bytes(), expected.size() + HeldPieces::kPieceOverhead);
}

TEST(PieceMemory, ReleasedBlock_IsTakenAgain) {
  PieceMemory memory;
  EXPECT_EQ(PieceMemory::block_size(1), 64U);
  EXPECT_EQ(PieceMemory::block_size(64), 64U);
  EXPECT_EQ(PieceMemory::block_size(1460), 1536U);
  EXPECT_EQ(PieceMemory::block_size(4097), 4160U);
  std::uint8_t* const block = memory.allocate(1536);
  memory.release(block, 1536);
  EXPECT_EQ(memory.allocate(1536), block);
}

}  // namespace
}  // namespace logsniffd::tcp
