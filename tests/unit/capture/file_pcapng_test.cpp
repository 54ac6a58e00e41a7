#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "daemon/capture/pcapng_format.hpp"
#include "tests/unit/capture/file_blocks.hpp"

namespace logsniffd::capture {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace std::string_literals;

class PcapngOrders : public ::testing::TestWithParam<std::endian> {};
INSTANTIATE_TEST_SUITE_P(BothByteOrders, PcapngOrders, ::testing::Values(std::endian::little, std::endian::big));

TEST_P(PcapngOrders, EnhancedPacket_IsReadWithTimeAndInterface) {
  const Blocks file = Blocks(GetParam())
                          .section()
                          .interface(1, 0, Blocks(GetParam()).option(2, "eth7").u32(0))
                          .enhanced(0, 1'700'000'000'123'456, "hello", 99);
  const Reading reading = read_all(file.bytes());
  ASSERT_THAT(reading.packets, SizeIs(1)) << reading.error;
  EXPECT_EQ(reading.error, "");
  EXPECT_EQ(reading.packets[0].bytes, "hello");
  EXPECT_EQ(reading.packets[0].original_length, 99U);
  EXPECT_EQ(reading.packets[0].nanoseconds, 1'700'000'000'123'456'000);
  EXPECT_EQ(reading.packets[0].link_type, 1);
  EXPECT_EQ(reading.packets[0].interface, "eth7");
}

TEST_P(PcapngOrders, SimplePacket_IsCutAtTheSnapshotLengthAndTakesTheTimeBefore) {
  const Blocks file = Blocks(GetParam())
                          .section()
                          .interface(1, 4)
                          .enhanced(0, 5, "ab")
                          .block(3, Blocks(GetParam()).u32(6).padded("cdef"));
  const Reading reading = read_all(file.bytes());
  ASSERT_THAT(reading.packets, SizeIs(2)) << reading.error;
  EXPECT_EQ(reading.packets[1].bytes, "cdef");
  EXPECT_EQ(reading.packets[1].original_length, 6U);
  EXPECT_EQ(reading.packets[1].nanoseconds, 5'000);
}

TEST_P(PcapngOrders, ObsoletePacketBlock_IsRead) {
  const Blocks file = Blocks(GetParam())
                          .section()
                          .interface(1)
                          .interface(113)
                          .block(2, Blocks(GetParam()).u16(1).u16(77).u32(0).u32(8).u32(3).u32(3).padded("old"));
  const Reading reading = read_all(file.bytes());
  ASSERT_THAT(reading.packets, SizeIs(1)) << reading.error;
  EXPECT_EQ(reading.packets[0].bytes, "old");
  EXPECT_EQ(reading.packets[0].link_type, 113);
  EXPECT_EQ(reading.packets[0].interface_id, 1U);
  EXPECT_EQ(reading.packets[0].nanoseconds, 8'000);
}

TEST_P(PcapngOrders, EveryTruncation_HandsOverTheWholePacketsAndSaysSo) {
  const Blocks head = Blocks(GetParam()).section().interface(1);
  const std::size_t first = Blocks(head).enhanced(0, 1, "first").bytes().size();
  const std::vector<std::uint8_t> file = Blocks(head).enhanced(0, 1, "first").enhanced(0, 2, "second").bytes();
  for (std::size_t size = 0; size < file.size(); ++size) {
    const std::vector<std::uint8_t> cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    const Reading reading = read_all(cut);
    EXPECT_THAT(reading.packets, SizeIs(size >= first ? 1 : 0)) << size;
    const bool between_blocks =
        size == first || size == head.bytes().size() || size == Blocks(GetParam()).section().bytes().size();
    EXPECT_EQ(reading.error.empty(), between_blocks) << size << ": " << reading.error;
  }
}

TEST(Pcapng, SectionsOfBothOrders_KeepTheirInterfacesApart) {
  const Blocks big = Blocks(std::endian::big).section().interface(113).enhanced(0, 2, "two");
  const Blocks file = Blocks()
                          .section()
                          .interface(1)
                          .enhanced(0, 1, "one")
                          .append(big)
                          .section()
                          .interface(101)
                          .enhanced(0, 3, "three");
  const Reading reading = read_all(file.bytes());
  ASSERT_THAT(reading.packets, SizeIs(3)) << reading.error;
  EXPECT_EQ(reading.packets[0].link_type, 1);
  EXPECT_EQ(reading.packets[1].link_type, 113);
  EXPECT_EQ(reading.packets[2].link_type, 101);
  EXPECT_EQ(reading.packets[0].interface_id, 0U);
  EXPECT_EQ(reading.packets[1].interface_id, 1U);
  EXPECT_EQ(reading.packets[2].interface_id, 2U);
}

TEST(Pcapng, UnknownBlocks_AreSkipped) {
  const Blocks file = Blocks()
                          .section()
                          .block(0x0BAD, Blocks().padded("what is this"))
                          .interface(1)
                          .block(5, Blocks())
                          .enhanced(0, 1, "x");
  const Reading reading = read_all(file.bytes());
  EXPECT_EQ(reading.error, "");
  EXPECT_THAT(reading.packets, SizeIs(1));
}

TEST(Pcapng, OriginalLengthBelowCaptured_IsRaised) {
  const Reading reading = read_all(Blocks().section().interface(1).enhanced(0, 1, "four", 2).bytes());
  ASSERT_THAT(reading.packets, SizeIs(1));
  EXPECT_EQ(reading.packets[0].original_length, 4U);
}

struct Ticks {
  std::string resolution;
  std::int64_t offset;
  std::uint64_t ticks;
  std::int64_t nanoseconds;
};
class PcapngTimes : public ::testing::TestWithParam<Ticks> {};

TEST_P(PcapngTimes, Ticks_BecomeNanoseconds) {
  const auto offset = static_cast<std::uint64_t>(GetParam().offset);
  Blocks options;  // the offset first, because the order of options has no meaning
  options.u16(14).u16(8).u32(static_cast<std::uint32_t>(offset)).u32(static_cast<std::uint32_t>(offset >> 32U));
  options.option(9, GetParam().resolution);
  const Reading reading =
      read_all(Blocks().section().interface(1, 0, options).enhanced(0, GetParam().ticks, "x").bytes());
  ASSERT_THAT(reading.packets, SizeIs(1)) << reading.error;
  EXPECT_EQ(reading.packets[0].nanoseconds, GetParam().nanoseconds);
}

// A file may contain any time. Times are limited so that their sums do not overflow.
constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kSmallest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kLast = kLargest / 2;
constexpr std::int64_t kFirst = 0;
constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
INSTANTIATE_TEST_SUITE_P(Resolutions, PcapngTimes,
                         ::testing::Values(Ticks{"\x00"s, 0, 3, 3'000'000'000}, Ticks{"\x03", 0, 1'500, 1'500'000'000},
                                           Ticks{"\x06", 10, 1, 10'000'001'000},
                                           Ticks{"\x09", 0, 1'700'000'000'000'000'001, 1'700'000'000'000'000'001},
                                           Ticks{"\x0C", 0, 1'999'999, 1'999}, Ticks{"\x13", 0, kMost, 1'844'674'407},
                                           Ticks{"\x80", 0, 2, 2'000'000'000}, Ticks{"\x81", 0, 3, 1'500'000'000},
                                           Ticks{"\x9E", 0, 1ULL << 29U, 500'000'000},
                                           Ticks{"\xA0", 0, 3ULL << 31U, 1'500'000'000},
                                           Ticks{"\xBF", 0, 1ULL << 63U, 1'000'000'000},
                                           Ticks{"\x06", -1, 1'500'000, 500'000'000},
                                           Ticks{"\x06", -1, 500'000, kFirst}, Ticks{"\x00"s, 0, kMost, kLast},
                                           Ticks{"\x00"s, kLargest, 5, kLast}, Ticks{"\x00"s, 0, 9'223'372'037, kLast},
                                           Ticks{"\x06", kSmallest, 5, kFirst}));

struct Damage {
  Blocks file;
  std::string says;
};
class PcapngDamage : public ::testing::TestWithParam<Damage> {};

TEST_P(PcapngDamage, Damage_IsNamedWithItsPlaceAndReadStaysThere) {
  auto source = FileSource::over(GetParam().file.bytes());
  ASSERT_TRUE(source);
  const Reading reading = read_all(**source);
  EXPECT_THAT(reading.error, HasSubstr(GetParam().says));
  EXPECT_THAT(reading.error, HasSubstr("capture: damaged at byte "));
  EXPECT_EQ(read_all(**source).error, reading.error);
}

Blocks described() { return Blocks().section().interface(1); }
INSTANTIATE_TEST_SUITE_P(
    Kinds, PcapngDamage,
    ::testing::Values(Damage{Blocks().u32(0x0A0D'0D0A).u32(28).u32(0x1234).u32(0), "byte order magic"},
                      Damage{Blocks().block(0x0A0D'0D0A, Blocks().u32(0x1A2B'3C4D).u16(1).u16(1).u32(0).u32(0)),
                             "version other than 1.0 and 1.2"},
                      Damage{Blocks().block(0x0A0D'0D0A, Blocks().u32(0x1A2B'3C4D).u16(2).u16(0).u32(0).u32(0)),
                             "version other than 1.0 and 1.2"},
                      Damage{described().u32(6).u32(8).u32(8), "impossible block length"},
                      Damage{described().u32(6).u32(33).u32(33), "impossible block length"},
                      Damage{described().u32(7).u32(0x4000'0000).u32(0), "longer than 16 MiB"},
                      Damage{described().u32(7).u32(12).u32(16), "two lengths differ"},
                      Damage{described().enhanced(1, 0, "x"), "not described"},
                      Damage{Blocks().section().block(3, Blocks().u32(0)), "not described"},
                      Damage{described().section().enhanced(0, 0, "x"), "not described"},
                      Damage{described().block(6, Blocks().u32(0).u32(0).u32(0).u32(5).u32(5).padded("four")),
                             "longer than its block"},
                      Damage{described().block(3, Blocks().u32(5).padded("four")), "longer than its block"},
                      Damage{described().block(6, Blocks().u32(0)), "longer than its block"},
                      Damage{described().block(1, Blocks().u16(1).u16(0)), "broken interface description"},
                      Damage{described().interface(1, 0, Blocks().option(9, "ab")), "broken interface description"},
                      Damage{described().interface(1, 0, Blocks().option(9, "\x14")), "broken interface description"},
                      Damage{described().interface(1, 0, Blocks().option(9, "\xC0")), "broken interface description"},
                      Damage{described().interface(1, 0, Blocks().u16(2).u16(400)), "broken interface description"}));

TEST(Pcapng, InterfaceAboveTheLimit_IsDamage) {
  Blocks file = Blocks().section();
  for (std::size_t i = 0; i < kMaxFileInterfaces; ++i) file.interface(1);
  EXPECT_EQ(read_all(file.bytes()).error, "");
  EXPECT_THAT(read_all(file.interface(1).bytes()).error, HasSubstr("more than 65,536 interfaces"));
}

}  // namespace
}  // namespace logsniffd::capture
