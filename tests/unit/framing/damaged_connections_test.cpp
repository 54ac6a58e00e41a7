// Method::automatic on long generated connections without one of their segments. The records that are complete
// before the gap are frames, every whole frame was sent, and from kMostRecords records after the gap on, all records
// are as sent.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "tests/unit/framing/frames.hpp"
#include "tests/unit/framing/generated_connection.hpp"
#include "tests/unit/framing/seen_frame.hpp"

namespace logsniffd::framing {
namespace {

constexpr std::uint32_t kConnections = 40;  // of each kind
constexpr std::uint32_t kSeed = 20261128;
constexpr std::size_t kRecords = 80;
constexpr std::size_t kInFront = 5;  // at least so many records: the framing is decided
constexpr std::size_t kMostRecords = 30;
constexpr std::uint64_t kRecordBytes = 64 * 1024;

struct Missing {
  std::size_t segment;
  std::size_t begin;  // in the stream
  std::size_t end;
};

// A segment with at least kInFront complete records before it and more than kMostRecords after it.
Missing choose(const LongConnection& connection, std::uint32_t seed) {
  std::vector<Missing> candidates;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < connection.segments.size(); ++i) {
    const std::size_t end = begin + connection.segments[i].size();
    if (begin >= connection.ends[kInFront] && end < connection.ends[kRecords - kMostRecords - 10])
      candidates.push_back({i, begin, end});
    begin = end;
  }
  Random random(seed);
  return candidates.empty() ? Missing{} : candidates[below(random, candidates.size())];
}

std::vector<SeenFrame> frame_without(const LongConnection& connection, const Missing& missing) {
  Framing framing({}, false, kRecordBytes);
  for (std::size_t i = 0; i < connection.segments.size(); ++i) {
    if (i == missing.segment) {
      framing.gap();
    } else {
      framing.feed(connection.segments[i]);
    }
  }
  framing.end();
  EXPECT_EQ(framing.accounted(), framing.given);
  std::vector<SeenFrame> seen;
  for (const std::string& text : framing.frames.all) seen.push_back(seen_frame(text));
  return seen;
}

std::size_t records_up_to(const LongConnection& connection, std::size_t place) {
  const auto behind = std::upper_bound(connection.ends.begin(), connection.ends.end(), place);
  return static_cast<std::size_t>(behind - connection.ends.begin());
}

// Returns what is wrong, or nothing. `changed` is the number of records after the gap that are not as sent.
std::string judge(const LongConnection& connection, const Missing& missing, const std::vector<SeenFrame>& frames,
                  std::size_t& changed) {
  const std::size_t in_front = records_up_to(connection, missing.begin);
  // The proof that the last record before the gap is complete may lie in the gap.
  for (std::size_t i = 0; i + 1 < in_front; ++i) {
    if (i >= frames.size() || !frames[i].whole() || frames[i].text != connection.sent[i])
      return "record " + std::to_string(i) + " in front of the gap is not there";
  }
  const std::set<std::string> sent(connection.sent.begin(), connection.sent.end());
  for (const SeenFrame& frame : frames) {
    if (frame.whole() && !sent.contains(frame.text))
      return "never sent: " + testing::PrintToString(frame.text.substr(0, 100));
  }
  const std::size_t behind =
      records_up_to(connection, missing.end) + 1;  // begins after the gap, whatever the gap has cut
  std::size_t same = 0;
  while (same < frames.size() && same < kRecords - behind) {
    const SeenFrame& frame = frames[frames.size() - 1 - same];
    if (frame.text != connection.sent[kRecords - 1 - same] || (!frame.whole() && same > 0)) break;
    ++same;
  }
  changed = kRecords - behind - same;
  return changed > kMostRecords ? std::to_string(changed) + " records behind the gap are not what they were" : "";
}

class DamagedConnections : public testing::TestWithParam<ConnectionKind> {};

TEST_P(DamagedConnections, ASegmentIsMissing_NoneIsWrongAndThirtyRecordsBehindAllIsRight) {
  std::size_t wrong = 0;
  std::size_t judged = 0;
  std::size_t most_changed = 0;
  std::string examples;
  for (std::uint32_t i = 0; i < kConnections; ++i) {
    const LongConnection connection = make_long_connection(GetParam(), kSeed + i, kRecords);
    const Missing missing = choose(connection, kSeed + i);
    if (missing.end == 0) continue;
    ++judged;
    std::size_t changed = 0;
    const std::string problem = judge(connection, missing, frame_without(connection, missing), changed);
    most_changed = std::max(most_changed, changed);
    if (!problem.empty() && ++wrong <= 3) examples += "\n  seed " + std::to_string(kSeed + i) + ": " + problem;
  }
  std::printf("%-24s %zu judged, %zu wrong; %zu records behind a gap changed at most\n", GetParam().name, judged, wrong,
              most_changed);
  EXPECT_EQ(wrong, 0U) << examples;
  EXPECT_GT(judged, kConnections / 2);
}

INSTANTIATE_TEST_SUITE_P(All, DamagedConnections, testing::ValuesIn(connection_kinds()), name_of_kind);

}  // namespace
}  // namespace logsniffd::framing
