// Hostile streams: linear time (quadratic time would exceed the timeout of these tests by far), bounded memory, and
// every byte accounted for.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "tests/support/sanitized.hpp"
#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t kRecord = 64 * 1024;
// The address sanitizer looks for what happens within a window, which is two records. That time is linear shows without it.
constexpr std::size_t kStorm = (LOGSNIFFD_ADDRESS_SANITIZER ? 4 : 8) * kRecord;

struct Storm {
  const char* name;
  std::string_view unit;  // repeated
  std::string_view head = {};
};

constexpr Storm kStorms[] = {
    {"line_feeds", "\n"sv},
    {"nuls", "\0"sv},
    {"blanks", " "sv},
    {"digits", "1"sv},
    {"counts", "1 "sv},
    {"priorities", "<13>"sv},
    {"angles", "<"sv},
    {"counted_lines", "60000 <1>\n"sv},
    {"far_counts", "130000 <1>\n"sv},
    {"counts_without_lines", "60000 <13>x"sv},
    {"nested_counts", "9 <1>9 <1>"sv},
    {"stray", "3 <1> \n \r\n  \0"sv},
    {"letters", "x"sv},
    {"objects", "{\"a\":1}"sv},
    {"nested_objects", "{\"a\":"sv},
    {"nested_objects_in_a_row", "{\"a\":1}{\"a\":{\"a\":{\"a\":1} "sv},
    {"open_strings", "{\"a}{"sv},
    {"headers", "<13>Oct 11 22:14:15 host app: text"sv},
    {"headers_and_nuls", "<13>Oct 11 22:14:15 host app: text\0\n\0\n\n"sv},
    {"trailers_behind_a_header",
     "<13>a\0<13>b\0\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"sv},
    {"carriage_returns", "\r"sv},
    {"lengths", "\0\0\1\0"sv},
    {"long_lengths", "\0\1\0\0"sv},
    {"false_lengths", "\xff\xff\xff\xff"sv},
    {"short_lengths", "  "sv},
    {"control_behind_lengths", "       \1"sv},
    {"pickle_starts", "\0\0\xff\xff}q\0"sv},
    {"controls", "\1\2\3\4text "sv},
    {"blanks_behind_a_bracket", " "sv, "["sv},
    {"blanks_behind_a_brace", "{\t"sv},
    {"short_counts",
     "20 <13>\1"
     "1 Oct 11 22:14:15 "sv},
    {"counts_in_text", "60000 a"sv, ","sv},
    {"lines_behind_a_length", "30000 <13>x\n\t"sv, "\0[]12 "sv},
};

class StormTest : public testing::TestWithParam<std::tuple<Storm, Method, bool>> {};

void run(const FramingOptions& options, const Storm& of, bool damaged, std::size_t total, std::size_t piece) {
  std::string storm(of.head);
  while (storm.size() < total) storm += of.unit;
  Framing framing(options, damaged, kRecord);
  framing.frames.keep = false;
  std::uint64_t most = 0;
  for (std::size_t at = 0; at < storm.size(); at += piece) {
    framing.feed(std::string_view(storm).substr(at, piece));
    most = std::max(most, framing.context.counters.partial_bytes.get());
  }
  framing.end();
  EXPECT_LE(most, 4 * kRecord + 256);  // a window of two records, and as much again until it is moved
  EXPECT_EQ(framing.context.counters.partial_bytes.get(), 0U);
  EXPECT_EQ(framing.accounted(), framing.given);
}

TEST_P(StormTest, IsLinearAndBounded) {
  const auto& [storm, method, damaged] = GetParam();
  for (const unsigned width : {4U, 2U}) {
    FramingOptions options{.method = method};
    options.length.bytes = static_cast<std::uint8_t>(width);
    run(options, storm, damaged, kStorm, 1);
    run(options, storm, damaged, kStorm, 1448);
    run(options, storm, damaged, 4 * kStorm, 4 * kStorm);
    if (method != Method::length) break;
  }
}

std::string name_of(const testing::TestParamInfo<StormTest::ParamType>& with) {
  constexpr std::array kMethods{"auto", "lines", "nul", "octet", "length", "datagram"};
  const auto& [storm, method, damaged] = with.param;
  return std::string(storm.name) + "_" + kMethods[static_cast<std::size_t>(method)] + (damaged ? "_late" : "");
}

INSTANTIATE_TEST_SUITE_P(
    All, StormTest,
    testing::Combine(testing::ValuesIn(kStorms),
                     testing::Values(Method::automatic, Method::lines, Method::octet, Method::length), testing::Bool()),
    name_of);

TEST(Memory, SixteenMebibytesInOneLine_HoldNoMoreThanTheRecordLimit) {
  Framing framing({.method = Method::lines}, false, kRecord);
  const std::string piece(1448, 'x');
  for (std::size_t sent = 0; sent < 16U << 20; sent += piece.size()) {
    framing.feed(piece);
    ASSERT_LE(framing.context.counters.partial_bytes.get(), kRecord + 1);
  }
  framing.feed("\nnext\n");
  EXPECT_EQ(framing.frames.all.size(), 2U);
  EXPECT_EQ(framing.frames.all.back(), "next");
}

// The counter shows the size of the buffers, not of their content.
TEST(Memory, PartialBytes_AreThoseOfTheBuffers) {
  Framing framing({.method = Method::lines}, false, kRecord);
  framing.feed(std::string(65, 'x'));
  EXPECT_EQ(framing.context.counters.partial_bytes.get(), 128U);
  framing.feed(std::string(1000, 'x'));
  EXPECT_EQ(framing.context.counters.partial_bytes.get(), 2048U);
  framing.end();
  EXPECT_EQ(framing.context.counters.partial_bytes.get(), 0U);
}

TEST(Memory, ManyConnections_StayWithinTheLimit) {
  constexpr FramingOptions kOctet{.method = Method::octet};
  FramingContext context{{kRecord, 100'000}, {}};
  Frames frames;
  std::vector<std::unique_ptr<StreamFramer>> framers;
  for (int i = 0; i < 1000; ++i) framers.push_back(std::make_unique<StreamFramer>(kOctet, false));
  for (int round = 0; round < 40; ++round) {
    for (auto& framer : framers) {
      framer->bytes(context, kOctet,
                    as_bytes(round == 0 ? "5000 <13>begin" : "0123456789012345678901234567890123456789"), frames);
      ASSERT_LE(context.counters.partial_bytes.get(), 100'000U);
    }
  }
  for (auto& framer : framers) framer->end(context, kOctet, frames);
  EXPECT_EQ(context.counters.partial_bytes.get(), 0U);
  EXPECT_EQ(frames.all.size(), 1000U) << "each lost its end, none its beginning";
}

TEST(Memory, BetweenTwoRecords_NothingIsHeld) {
  Framing framing({}, false, kRecord);
  framing.feed("<13>first line of a syslog stream\n9 <13>a").feed("bcde\n<13>b\n");
  EXPECT_EQ(framing.context.counters.partial_bytes.get(), 0U);
  EXPECT_LE(sizeof(StreamFramer), 24U);
}

}  // namespace
}  // namespace logsniffd::framing
