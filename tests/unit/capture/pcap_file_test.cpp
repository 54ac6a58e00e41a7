// The pcap format: truncation, versions, link types, times.
#include "tests/unit/capture/file_source_fixture.hpp"

namespace logsniffd::capture {
namespace {

TEST(Pcap, EveryTruncation_HandsOverTheWholePacketsAndSaysSo) {
  const auto file = two_packets(FileKind::pcap_micro);
  constexpr std::size_t kHeader = 24;
  const std::size_t first = kHeader + 16 + 12;
  for (std::size_t size = 0; size < file.size(); ++size) {
    const std::vector<std::uint8_t> cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    const Reading reading = read_all(cut);
    EXPECT_THAT(reading.packets, SizeIs(size >= first ? 1 : 0)) << size;
    EXPECT_EQ(reading.error.empty(), size == kHeader || size == first) << size << ": " << reading.error;
    if (size > first) {
      EXPECT_THAT(reading.error,
                  EndsWith("ends inside the packet that starts at byte 52; all packets before it were read"));
    }
  }
}

TEST(Pcap, LinkTypeField_LosesItsFlagsAndPlatformNumbers) {
  struct Case {
    std::uint32_t field;
    std::uint16_t link_type;
  };
  for (const Case& each :
       {Case{0x1400'0001, 1}, Case{12, 101}, Case{14, 101}, Case{101, 101}, Case{276, 276}, Case{0xFFFF, 0xFFFF}}) {
    auto file = CaptureWriter(1, FileKind::pcap_micro).add(as_bytes("x"), at(0)).bytes();
    for (unsigned i = 0; i < 4; ++i) file[20 + i] = static_cast<std::uint8_t>(each.field >> (8 * i));
    const Reading reading = read_all(file);
    ASSERT_THAT(reading.packets, SizeIs(1));
    EXPECT_EQ(reading.packets[0].link_type, each.link_type);
  }
}

TEST(Pcap, ModifiedKind_HasLongerPacketHeaders) {
  Blocks file;
  file.u32(0xA1B2'CD34).u16(2).u16(4).u32(0).u32(0).u32(65'535).u32(1);
  for (const char* text : {"abcd", "efgh"})
    file.u32(1).u32(2).u32(4).u32(4).u32(7).u16(0x0800).u8(0).u8(0).padded(text);
  const Reading reading = read_all(file.bytes());
  ASSERT_THAT(reading.packets, SizeIs(2)) << reading.error;
  EXPECT_EQ(reading.packets[1].bytes, "efgh");
  EXPECT_EQ(reading.packets[1].nanoseconds, 1'000'002'000);
}

TEST(Pcap, IxiaKinds_HaveALengthBehindTheFileHeader) {
  struct Kind {
    std::uint32_t magic;
    std::int64_t nanoseconds_per_tick;
  };
  for (const Kind kind : {Kind{0x1C00'01AC, 1}, Kind{0x1C00'01AB, 1000}}) {
    for (const std::endian order : {std::endian::little, std::endian::big}) {
      Blocks file(order);
      file.u32(kind.magic).u16(2).u16(4).u32(0).u32(0).u32(65'535).u32(1).u32(40);
      for (const char* text : {"abcd", "efgh"}) file.u32(1).u32(2).u32(4).u32(4).padded(text);
      const Reading reading = read_all(file.bytes());
      ASSERT_THAT(reading.packets, SizeIs(2)) << reading.error;
      EXPECT_EQ(reading.packets[1].bytes, "efgh");
      EXPECT_EQ(reading.packets[1].nanoseconds, 1'000'000'000 + 2 * kind.nanoseconds_per_tick);
    }
  }
}

TEST(Pcap, IxiaHeaderCutAnywhere_SaysSo) {
  const auto file = Blocks().u32(0x1C00'01AC).u16(2).u16(4).u32(0).u32(0).u32(65'535).u32(1).u32(0).bytes();
  ASSERT_THAT(file, SizeIs(28));
  EXPECT_EQ(read_all(file).error, "");
  for (std::size_t size = 4; size < file.size(); ++size) {
    EXPECT_THAT(read_all(Bytes(file).first(size)).error, HasSubstr("ends inside the file header")) << size;
  }
}

TEST(Pcap, OriginalLengthBelowCaptured_IsRaised) {
  const Blocks file = Blocks()
                          .u32(0xA1B2'C3D4)
                          .u16(2)
                          .u16(4)
                          .u32(0)
                          .u32(0)
                          .u32(65'535)
                          .u32(1)
                          .u32(0)
                          .u32(0)
                          .u32(4)
                          .u32(1)
                          .padded("abcd");
  const Reading reading = read_all(file.bytes());
  ASSERT_THAT(reading.packets, SizeIs(1));
  EXPECT_EQ(reading.packets[0].original_length, 4U);
}

TEST(Pcap, LatestTimes_StayInRange) {
  const Blocks file = Blocks()
                          .u32(0xA1B2'C3D4)
                          .u16(2)
                          .u16(4)
                          .u32(0)
                          .u32(0)
                          .u32(65'535)
                          .u32(1)
                          .u32(0xFFFF'FFFF)
                          .u32(0xFFFF'FFFF)
                          .u32(0)
                          .u32(0);
  const Reading reading = read_all(file.bytes());
  ASSERT_THAT(reading.packets, SizeIs(1));
  EXPECT_EQ(reading.packets[0].nanoseconds, 4'294'967'295'000'000'000 + 4'294'967'295'000);
}

TEST(Pcap, PacketAbove16MiB_IsDamageWithItsPlace) {
  const Blocks file =
      Blocks().u32(0xA1B2'C3D4).u16(2).u16(4).u32(0).u32(0).u32(65'535).u32(1).u32(0).u32(0).u32(0x0100'0001).u32(0);
  EXPECT_EQ(read_all(file.bytes()).error, "capture: damaged at byte 24: a packet longer than 16 MiB");
}

Blocks pcap_header(std::uint32_t major, std::uint32_t minor, std::uint32_t link_type = 1,
                   std::endian order = std::endian::little) {
  return Blocks(order).u32(0xA1B2'C3D4).u16(major).u16(minor).u32(0).u32(0).u32(65'535).u32(link_type);
}

TEST(Pcap, OtherVersions_AreRefused) {
  EXPECT_EQ(read_all(pcap_header(2, 4).bytes()).error, "");
  EXPECT_EQ(read_all(pcap_header(1, 4).bytes()).error,
            "capture: pcap version 1.4 is not supported, only 2.0 to 2.4 are; convert it with editcap");
  EXPECT_EQ(read_all(pcap_header(2, 5).bytes()).error,
            "capture: pcap version 2.5 is not supported, only 2.0 to 2.4 are; convert it with editcap");
  EXPECT_EQ(read_all(pcap_header(3, 0).bytes()).error,
            "capture: pcap version 3.0 is not supported, only 2.0 to 2.4 are; convert it with editcap");
}

// A packet of 1500 bytes of which 4 were captured, and one of 8. `first` and `second` are the lengths of
// the first packet.
Blocks old_file(std::uint32_t minor, std::uint32_t first, std::uint32_t second, std::endian order) {
  return pcap_header(2, minor, 1, order)
      .u32(7)
      .u32(5)
      .u32(first)
      .u32(second)
      .padded("abcd")
      .u32(8)
      .u32(0)
      .u32(8)
      .u32(8)
      .padded("12345678");
}

TEST(Pcap, VersionsBefore24_AreReadInEitherOrderOfTheLengths) {
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    for (const std::uint32_t minor : {0U, 1U, 2U, 3U}) {
      for (const Blocks& file : {old_file(minor, 1500, 4, order), old_file(minor, 4, 1500, order)}) {
        const Reading reading = read_all(file.bytes());
        EXPECT_EQ(reading.error, "");
        ASSERT_THAT(reading.packets, SizeIs(2)) << "2." << minor;
        EXPECT_EQ(reading.packets[0].bytes, "abcd");
        EXPECT_EQ(reading.packets[0].original_length, 1500U);
        EXPECT_EQ(reading.packets[0].nanoseconds, 7'000'005'000);
        EXPECT_EQ(reading.packets[0].link_type, 1);
        EXPECT_EQ(reading.packets[1].bytes, "12345678");
        EXPECT_EQ(reading.packets[1].original_length, 8U);
      }
    }
  }
}

// Some current writers write an original length below the captured one.
TEST(Pcap, Version24WithALargerCapturedLength_IsTakenAtItsWord) {
  const Reading reading = read_all(pcap_header(2, 4).u32(0).u32(0).u32(4).u32(2).padded("abcd").bytes());
  EXPECT_EQ(reading.error, "");
  ASSERT_THAT(reading.packets, SizeIs(1));
  EXPECT_EQ(reading.packets[0].bytes, "abcd");
  EXPECT_EQ(reading.packets[0].original_length, 4U);
}

TEST(Pcap, OldFileThatEndsEarlyOrIsDamaged_SaysWhere) {
  const std::vector<std::uint8_t> whole = old_file(2, 1500, 4, std::endian::big).bytes();
  const auto cut = [&](std::size_t size) {
    return read_all(std::vector<std::uint8_t>(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
  };
  EXPECT_EQ(cut(23).error, "capture: ends inside the file header");
  EXPECT_EQ(cut(30).error, "capture: ends inside the packet that starts at byte 24; all packets before it were read");
  EXPECT_EQ(cut(43).error, "capture: ends inside the packet that starts at byte 24; all packets before it were read");
  EXPECT_EQ(cut(44).error, "");
  EXPECT_THAT(cut(44).packets, SizeIs(1));
  EXPECT_EQ(cut(67).error, "capture: ends inside the packet that starts at byte 44; all packets before it were read");
  EXPECT_THAT(cut(67).packets, SizeIs(1));
  EXPECT_EQ(read_all(old_file(2, 0x0100'0001, 0x0100'0002, std::endian::big).bytes()).error,
            "capture: damaged at byte 24: a packet longer than 16 MiB");
}

TEST(Pcap, FileOfAix_HasItsOwnLinkTypesAndNanoseconds) {
  const auto packet = [](std::uint32_t minor, std::uint32_t link_type) {
    const Reading reading = read_all(pcap_header(2, minor, link_type, std::endian::big)
                                         .u32(7)
                                         .u32(123'456'789)
                                         .u32(1500)
                                         .u32(4)
                                         .padded("abcd")
                                         .bytes());
    EXPECT_EQ(reading.error, "");
    return reading.packets.at(0);
  };
  EXPECT_EQ(packet(2, 6).link_type, 1);
  EXPECT_EQ(packet(2, 6).nanoseconds, 7'123'456'789);
  EXPECT_EQ(packet(2, 6).bytes, "abcd");
  EXPECT_EQ(packet(2, 24).link_type, 0);
  EXPECT_EQ(packet(2, 1).link_type, 1);  // libpcap's own value
  EXPECT_EQ(packet(3, 6).link_type, 6);
}

}  // namespace
}  // namespace logsniffd::capture
