// Framers see bytes again when a stream comes in tiny segments. The total must stay in proportion to the stream.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "daemon/framing/detector.hpp"
#include "daemon/framing/json_framer.hpp"
#include "daemon/framing/json_place.hpp"
#include "daemon/framing/length_framer.hpp"
#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

constexpr std::uint64_t kRecord = 64 * 1024;

// Returns how many bytes `framer` sees in total by the rule of StreamFramer: again from its first byte on, as soon as
// the bytes that it asked for are there. `stream` comes byte by byte and leaves it undecided.
template <class Framer>
std::size_t bytes_shown(Framer framer, std::string_view stream) {
  FramingContext context{{kRecord, 1U << 30}, {}};
  const FramingOptions options;
  Frames frames;
  Integrity damage = Integrity::whole;
  std::size_t shown = 0;
  std::size_t from = 0;
  std::size_t wanted = 1;
  for (std::size_t end = 1; end <= stream.size(); ++end) {
    if (end - from < wanted) continue;
    FramerCall call{context, options, frames, damage};
    const Bytes left = framer.cut(call, as_bytes(stream.substr(from, end - from)));
    shown += end - from;
    EXPECT_EQ(call.next.to, Decision::To::same) << "at " << end;
    from = end - left.size();
    wanted = std::max(call.wanted, left.size() + 1);
  }
  return shown;
}

TEST(LookingAgain, TextBehindWhatMayBeALengthOfTwoBytes_IsInProportion) {
  const std::string stream = "\x1f\x1e<13>" + std::string(7000, 'x');
  EXPECT_LE(bytes_shown(Detector(Decision{}), stream), 40 * stream.size());
}

TEST(LookingAgain, SearchAmongLengthsThatAreText_IsInProportion) {
  std::string stream;
  while (stream.size() < 60'000) stream += std::string(20'000, 'z') + '\1';
  LengthFramer framer({.bytes = 2}, true);
  EXPECT_LE(bytes_shown(framer, stream), 40 * stream.size());
}

TEST(LookingAgain, BlanksBehindTheCommaBehindAFirstValue_AreInProportion) {
  const std::string stream = R"({"a":")" + std::string(60'000, 'x') + R"("},)" + std::string(60, ' ');
  FramingContext context{{kRecord, 1U << 30}, {}};
  const FramingOptions options;
  Frames frames;
  Integrity damage = Integrity::whole;
  JsonFramer framer(false, false);
  std::size_t looks = 0;
  std::size_t wanted = 1;
  for (std::size_t end = stream.size() - 60; end <= stream.size(); ++end) {  // the value is complete
    if (end < wanted) continue;
    FramerCall call{context, options, frames, damage};
    (void)framer.cut(call, as_bytes(std::string_view(stream).substr(0, end)));
    wanted = call.wanted;
    ++looks;
  }
  EXPECT_TRUE(frames.all.empty());
  EXPECT_LE(looks, 7U) << "each reads the value from its first byte on";
}

// With kMaxLead blanks before a key, the framer stops waiting for one.
TEST(LookingAgain, BlanksInFrontOfAKey_AreBounded) {
  const std::string few(kMaxLead - 1, ' ');
  const std::string many(kMaxLead, '\n');
  EXPECT_EQ(json_start_at(as_bytes("[" + few)), JsonStart::incomplete);
  EXPECT_EQ(json_start_at(as_bytes("[" + many)), JsonStart::no);
  EXPECT_EQ(json_start_at(as_bytes("[" + few + R"({"a")")), JsonStart::yes);
  EXPECT_EQ(json_start_at(as_bytes("{" + few)), JsonStart::incomplete);
  EXPECT_EQ(json_start_at(as_bytes("{" + many)), JsonStart::no);
  EXPECT_EQ(json_start_at(as_bytes("{" + few + R"("a")")), JsonStart::yes);
}

}  // namespace
}  // namespace logsniffd::framing
