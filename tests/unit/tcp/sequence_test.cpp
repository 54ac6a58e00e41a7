#include "daemon/tcp/sequence.hpp"

#include <gtest/gtest.h>

namespace logsniffd::tcp {
namespace {

TEST(SequenceSpace, FirstSequenceNumber_IsOffsetZero) {
  EXPECT_EQ(SequenceSpace(1000).offset(1000, 0), 0);
  EXPECT_EQ(SequenceSpace(1000).offset(1010, 0), 10);
}

TEST(SequenceSpace, WrapAt32Bits_OffsetGoesOn) {
  const SequenceSpace space(0xffff'fff0);
  EXPECT_EQ(space.offset(0xffff'ffff, 0), 15);
  EXPECT_EQ(space.offset(0, 15), 16);
  EXPECT_EQ(space.offset(100, 16), 116);
}

TEST(SequenceSpace, BeforeTheStart_IsNegative) { EXPECT_EQ(SequenceSpace(1000).offset(990, 0), -10); }

TEST(SequenceSpace, ManyGigabytesIn_TheOffsetNearbyIsMeant) {
  const StreamOffset far = 50'000'000'000;
  const SequenceSpace space(7);
  const auto seq = static_cast<std::uint32_t>(7 + far);
  EXPECT_EQ(space.offset(seq, far - 1000), far);
  EXPECT_EQ(space.offset(seq, far + 1000), far);
}

TEST(SequenceSpace, OlderThanAnyWindow_IsAhead) {
  const SequenceSpace space(0);
  const StreamOffset next = 8'000'000'000;
  EXPECT_EQ(space.offset(space.seq_at(next - kReachBack), next), next - kReachBack);
  EXPECT_EQ(space.offset(space.seq_at(next - kReachBack - 1), next), next - kReachBack - 1 + (StreamOffset{1} << 32));
}

TEST(SequenceSpace, Moved_NumberStandsForTheGivenOffset) {
  SequenceSpace space(500);
  space.move(0xffff'fff0, 1000);
  EXPECT_EQ(space.offset(0xffff'fff0, 1000), 1000);
  EXPECT_EQ(space.offset(0x10, 1000), 1032);
}

}  // namespace
}  // namespace logsniffd::tcp
