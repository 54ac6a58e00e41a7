#include "daemon/udp/duplicate_filter.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/packet_builder.hpp"

namespace logsniffd::udp {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t kIn = 1;
constexpr std::uint8_t kOut = 2;
const PacketTime kStart{1'700'000'000s};

UdpDatagram datagram(std::string_view text, std::string_view src = "10.0.0.1:40000",
                     std::string_view dst = "10.0.0.2:514") {
  return {.verdict = UdpVerdict::datagram,
          .flow = {test::endpoint(src), test::endpoint(dst), Transport::udp},
          .payload = as_bytes(text)};
}

class DuplicateFilterTest : public testing::Test {
 protected:
  bool is_copy(const UdpDatagram& seen, std::uint32_t interface_id, std::uint8_t direction = kIn,
               Duration after = 0ns) {
    return filter_.is_copy(seen, {interface_id, direction, kStart + after});
  }
  DuplicateFilter filter_{42};
};

TEST_F(DuplicateFilterTest, OtherInterface_IsACopy) {
  EXPECT_FALSE(is_copy(datagram("x"), 1));
  EXPECT_TRUE(is_copy(datagram("x"), 2));
}

TEST_F(DuplicateFilterTest, OtherDirectionOfOneInterface_IsACopy) {
  EXPECT_FALSE(is_copy(datagram("x"), 1, kOut));
  EXPECT_TRUE(is_copy(datagram("x"), 1, kIn));
}

TEST_F(DuplicateFilterTest, SamePlace_IsARepetitionOfTheSender) {
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(is_copy(datagram("x"), 1));
}

TEST_F(DuplicateFilterTest, RepetitionsSeenTwice_EachAbsorbsItsOwnCopy) {
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(is_copy(datagram("x"), 1));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(is_copy(datagram("x"), 2));
  EXPECT_FALSE(is_copy(datagram("x"), 2));  // a fourth one, which interface 1 lost
}

TEST_F(DuplicateFilterTest, InterleavedRepetitions_EachAbsorbsItsOwnCopy) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(is_copy(datagram("x"), 1));
    EXPECT_TRUE(is_copy(datagram("x"), 2));
    EXPECT_TRUE(is_copy(datagram("x"), 3));
  }
}

TEST_F(DuplicateFilterTest, AnyDifference_IsNoCopy) {
  EXPECT_FALSE(is_copy(datagram("x"), 1));
  EXPECT_FALSE(is_copy(datagram("y"), 2));
  EXPECT_FALSE(is_copy(datagram("x "), 2));
  EXPECT_FALSE(is_copy(datagram(""), 2));
  EXPECT_FALSE(is_copy(datagram("x", "10.0.0.9:40000"), 2));
  EXPECT_FALSE(is_copy(datagram("x", "10.0.0.1:40001"), 2));
  EXPECT_FALSE(is_copy(datagram("x", "10.0.0.1:40000", "10.0.0.9:514"), 2));
  EXPECT_FALSE(is_copy(datagram("x", "10.0.0.1:40000", "10.0.0.2:515"), 2));
  EXPECT_FALSE(is_copy(datagram("x", "10.0.0.2:514", "10.0.0.1:40000"), 2));
}

TEST_F(DuplicateFilterTest, AtTheEdgeOfTheWindow_LastIsACopyNextIsNot) {
  EXPECT_FALSE(is_copy(datagram("x"), 1));
  EXPECT_FALSE(is_copy(datagram("y"), 1));
  EXPECT_TRUE(is_copy(datagram("x"), 2, kIn, DuplicateFilter::kWindow));
  EXPECT_FALSE(is_copy(datagram("y"), 2, kIn, DuplicateFilter::kWindow + 1ns));
}

TEST_F(DuplicateFilterTest, CopyWithAnOlderTimestamp_IsRecognisedWithinTheWindow) {
  EXPECT_FALSE(is_copy(datagram("x"), 1, kIn, 20ms));
  EXPECT_TRUE(is_copy(datagram("x"), 2, kIn, 10ms));
  EXPECT_FALSE(is_copy(datagram("x"), 3, kIn, 10ms - 1ns));
}

TEST_F(DuplicateFilterTest, ManyDatagramsBetween_TheLastThousandAreRemembered) {
  const auto numbered = [](std::size_t number) { return std::to_string(number); };
  for (std::size_t i = 0; i <= DuplicateFilter::kRemembered; ++i) {
    const std::string text = numbered(i);
    EXPECT_FALSE(is_copy(datagram(text), 1));
  }
  for (std::size_t i = DuplicateFilter::kRemembered; i > 0; --i) {
    const std::string text = numbered(i);
    EXPECT_TRUE(is_copy(datagram(text), 2)) << i;
  }
  EXPECT_FALSE(is_copy(datagram("0"), 2));  // one more than is remembered
}

TEST_F(DuplicateFilterTest, BurstOfEqualDatagramsThenTheirCopies_AllAreRecognised) {
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(is_copy(datagram("x"), 1));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(is_copy(datagram("x"), 2)) << i;
}

TEST_F(DuplicateFilterTest, MoreInterfacesThanPlacesKept_StartsARememberedOneAnew) {
  int shown = 0;
  for (std::uint32_t interface_id = 1; interface_id <= 12; ++interface_id) {
    if (!is_copy(datagram("x"), interface_id)) ++shown;
  }
  EXPECT_EQ(shown, 2);  // bounded memory shows one copy too many, but never loses a datagram
}

}  // namespace
}  // namespace logsniffd::udp
