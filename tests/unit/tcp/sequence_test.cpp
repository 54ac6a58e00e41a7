#include "daemon/tcp/sequence.hpp"

#include <gtest/gtest.h>

namespace logsniffd::tcp {
namespace {

TEST(SequenceSpace, FirstSequenceNumber_IsOffsetZero) {
  EXPECT_EQ(SequenceSpace(1000).offset_near(1000, 0), 0);
  EXPECT_EQ(SequenceSpace(1000).offset_near(1010, 0), 10);
}

TEST(SequenceSpace, WrapAt32Bits_OffsetGoesOn) {
  const SequenceSpace space(0xffff'fff0);
  EXPECT_EQ(space.offset_near(0xffff'ffff, 0), 15);
  EXPECT_EQ(space.offset_near(0, 15), 16);
  EXPECT_EQ(space.offset_near(100, 16), 116);
}

TEST(SequenceSpace, BeforeTheStart_IsNegative) { EXPECT_EQ(SequenceSpace(1000).offset_near(990, 0), -10); }

TEST(SequenceSpace, ManyGigabytesIn_NearestOffsetIsMeant) {
  const StreamOffset far = 50'000'000'000;
  const SequenceSpace space(7);
  const auto seq = static_cast<std::uint32_t>(7 + far);
  EXPECT_EQ(space.offset_near(seq, far - 1000), far);
  EXPECT_EQ(space.offset_near(seq, far + 1000), far);
}

}  // namespace
}  // namespace logsniffd::tcp
