// The text of a packet in `sniff -x`.
#include "daemon/cli/hex_dump.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace logsniffd::cli {
namespace {

// Dumps the bytes 00 01 02 ...
std::string dump_of(std::size_t size, std::uint32_t original_length,
                    capture::LinkType type = capture::LinkType::ethernet, std::string_view interface = "") {
  std::vector<std::uint8_t> bytes(size);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  std::string text = "in front\n";
  append_hex_dump({bytes, original_length, PacketTime{}, type, 0, interface}, text);
  return text;
}

TEST(HexDump, LinesOfSixteenBytes_LookLikeHexdump) {
  EXPECT_EQ(dump_of(18, 18),
            "in front\n"
            "EN10MB, 18 bytes\n"
            "00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f\n"
            "00000010  10 11\n");
}

TEST(HexDump, LineEndsAtItsMiddle_NoSpaceIsLeft) {
  EXPECT_EQ(dump_of(8, 8),
            "in front\n"
            "EN10MB, 8 bytes\n"
            "00000000  00 01 02 03 04 05 06 07\n");
}

TEST(HexDump, PacketWasCut_BothLengthsAreSaid) {
  EXPECT_EQ(dump_of(2, 1500),
            "in front\n"
            "EN10MB, 1500 bytes, 2 captured\n"
            "00000000  00 01\n");
}

TEST(HexDump, InterfaceKnown_IsNamed) {
  EXPECT_EQ(dump_of(1, 1, capture::LinkType::linux_sll2, "eth0"),
            "in front\n"
            "LINUX_SLL2, 1 bytes, eth0\n"
            "00000000  00\n");
}

TEST(HexDump, InterfaceNameWithControlCharacters_IsEscaped) {
  EXPECT_EQ(dump_of(1, 1, capture::LinkType::ethernet, "\x1b[31m\xff\r"),
            "in front\n"
            "EN10MB, 1 bytes, \\x1b[31m\\xff\\r\n"
            "00000000  00\n");
}

TEST(HexDump, LinkTypeUnknown_ItsNumberIsSaid) {
  EXPECT_EQ(dump_of(1, 1, static_cast<capture::LinkType>(4711)),
            "in front\n"
            "LINKTYPE 4711, 1 bytes\n"
            "00000000  00\n");
}

TEST(HexDump, NothingCaptured_IsOneLine) { EXPECT_EQ(dump_of(0, 0), "in front\nEN10MB, 0 bytes\n"); }

}  // namespace
}  // namespace logsniffd::cli
