#include "daemon/tcp/held_pieces.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace logsniffd::tcp {
namespace {

constexpr PacketTime kThen{std::chrono::seconds(100)};

HeldPieces::Held hold(HeldPieces& pieces, StreamOffset offset, std::string_view payload) {
  return pieces.hold(offset, as_bytes(payload), kThen);
}

// "10:abc 20:de"
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

TEST(HeldPieces, InAnyOrder_Sorted) {
  HeldPieces pieces;
  hold(pieces, 20, "cd");
  hold(pieces, 10, "ab");
  EXPECT_EQ(pieces.end_offset(), 22);
  EXPECT_EQ(drain(pieces), "10:ab 20:cd");
}

TEST(HeldPieces, SameAgain_IsDuplicate) {
  HeldPieces pieces;
  hold(pieces, 10, "abc");
  const auto held = hold(pieces, 10, "abc");
  EXPECT_EQ(held.kept, 0U);
  EXPECT_EQ(held.duplicate, 3U);
  EXPECT_EQ(held.conflicts, 0U);
  EXPECT_TRUE(pieces.first_is_lone());
  EXPECT_EQ(drain(pieces), "10:abc");
}

TEST(HeldPieces, OverlapWithOtherBytes_FirstWins) {
  HeldPieces pieces;
  hold(pieces, 10, "abcd");
  const auto held = hold(pieces, 12, "XXef");
  EXPECT_EQ(held.kept, 2U);
  EXPECT_EQ(held.duplicate, 2U);
  EXPECT_EQ(held.conflicts, 1U);
  EXPECT_EQ(drain(pieces), "10:abcdef");
}

TEST(HeldPieces, OneSegmentOverManyPieces_BecomesOneWithThem) {
  HeldPieces pieces;
  for (const StreamOffset at : {1, 3, 5, 7}) hold(pieces, at, "o");
  const auto held = hold(pieces, 0, "abcdefghi");
  EXPECT_EQ(held.kept, 5U);
  EXPECT_EQ(held.duplicate, 4U);
  EXPECT_EQ(held.conflicts, 4U);
  EXPECT_EQ(drain(pieces), "0:a 1:ocoeogoi");
}

TEST(HeldPieces, SegmentEndsInsideAPiece_ThatPieceStays) {
  HeldPieces pieces;
  hold(pieces, 4, "efgh");
  const auto held = hold(pieces, 0, "abcdef");
  EXPECT_EQ(held.kept, 4U);
  EXPECT_EQ(held.duplicate, 2U);
  EXPECT_EQ(drain(pieces), "0:abcd 4:efgh");
}

TEST(HeldPieces, SegmentInsideAPiece_IsDuplicate) {
  HeldPieces pieces;
  hold(pieces, 10, "abcdef");
  EXPECT_EQ(hold(pieces, 12, "cd").duplicate, 2U);
  EXPECT_EQ(drain(pieces), "10:abcdef");
}

TEST(HeldPieces, NextSegment_MakesTheFirstPieceNotLone) {
  HeldPieces pieces;
  hold(pieces, 10, "abc");
  EXPECT_TRUE(pieces.first_is_lone());
  hold(pieces, 20, "far");
  EXPECT_TRUE(pieces.first_is_lone());
  hold(pieces, 13, "def");
  EXPECT_FALSE(pieces.first_is_lone());
}

TEST(HeldPieces, GrownBySecondSegment_NotLone) {
  HeldPieces pieces;
  hold(pieces, 10, "abc");
  hold(pieces, 11, "bcd");
  EXPECT_FALSE(pieces.first_is_lone());
}

TEST(HeldPieces, OneByteEach_ChargedWithItsBookkeeping) {
  HeldPieces pieces;
  for (StreamOffset at = 0; at < 200; at += 2) hold(pieces, at, "x");
  EXPECT_GE(pieces.charged_bytes(), 100 * (HeldPieces::kPieceOverhead + 1));
}

}  // namespace
}  // namespace logsniffd::tcp
