#include "daemon/framing/datagram_framer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;
using testing::ElementsAre;

TEST(DatagramFramer, TrailingDelimiters_AreTrimmed) {
  FramingContext context{{100, 100}, {}};
  Frames frames;
  EXPECT_TRUE(frame_datagram(context, {}, as_bytes(std::string_view("hello\0", 6)), false, frames));
  EXPECT_TRUE(frame_datagram(context, {}, as_bytes("two\nlines\r\n"), false, frames));
  EXPECT_THAT(frames.all, ElementsAre("hello", "two\nlines"));
}

TEST(DatagramFramer, WithoutContent_NoFrame) {
  FramingContext context{{100, 100}, {}};
  Frames frames;
  EXPECT_FALSE(frame_datagram(context, {}, {}, false, frames));
  EXPECT_FALSE(frame_datagram(context, {}, as_bytes("\n"), false, frames));
  EXPECT_TRUE(frames.all.empty());
}

TEST(DatagramFramer, TooLongOrCutByTheSnapshot_IsTruncated) {
  FramingContext context{{4, 100}, {}};
  Frames frames;
  frame_datagram(context, {}, as_bytes("12345"), false, frames);
  frame_datagram(context, {}, as_bytes("123"), true, frames);
  EXPECT_THAT(frames.all, ElementsAre("1234|truncated", "123|truncated"));
}

}  // namespace
}  // namespace logsniffd::framing
