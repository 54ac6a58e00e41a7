// Method::automatic on 5,220 generated connections, equally many of each framing. The test prints a table:
//
//   right   every sent record is a frame, exactly, and no other frame is marked as whole
//   late    the same from the first provable boundary on; before it, records are missing or marked, or a line of the
//           record that the join cut is a frame
//   wrong   anything else: after that boundary a record is missing, cut, merged or marked, or a frame was never sent
//           and is marked as whole
//
// `provable` connections have enough records to prove their boundaries (Proof). The others are counted, but not judged.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "tests/unit/framing/frames.hpp"
#include "tests/unit/framing/generated_connection.hpp"
#include "tests/unit/framing/seen_frame.hpp"

namespace logsniffd::framing {
namespace {

constexpr std::uint32_t kConnections = 180;  // of each kind
constexpr std::uint32_t kSeed = 20261127;
constexpr std::uint64_t kRecordBytes = 64 * 1024;
constexpr int kExamples = 3;  // of wrong connections that are shown

struct Seen {
  std::vector<SeenFrame> frames;
  std::string problem;  // the framer's own counts are wrong
};

// The only function here that drives a framer. It reports no pause: the bytes alone must be enough.
Seen frame(const Connection& connection) {
  Framing framing({}, connection.late, kRecordBytes);
  for (const std::string& segment : connection.segments) framing.feed(segment);
  framing.end();
  Seen seen;
  for (const std::string& text : framing.frames.all) seen.frames.push_back(seen_frame(text));
  if (framing.accounted() != framing.given) seen.problem = "its counters do not add up to the bytes given";
  if (framing.context.counters.partial_bytes.get() != 0) seen.problem = "holds bytes behind the end";
  return seen;
}

enum class Verdict : std::uint8_t { right, late, wrong };

struct Judged {
  Verdict verdict;
  std::string reason = {};
};

std::string shown(const std::string& text) { return testing::PrintToString(text.substr(0, 100)); }

// A line inside the record that the join cut. No byte before the line shows that its LF does not end a record.
bool is_line_of_cut_record(const Connection& connection, const std::string& text) {
  return connection.cut_record.find("\n" + text + "\n") != std::string::npos;
}

// Checks the frames before the first provable boundary: whole frames were sent, in this order, and marked frames are
// pieces of the stream. Returns the number of records, or nothing and the error in `reason`.
std::optional<std::size_t> count_leading(const Connection& connection, std::span<const SeenFrame> frames,
                                         std::string& reason) {
  const std::string stream = connection.stream();
  std::span<const std::string> sent = std::span(connection.sent).first(connection.proven);
  std::size_t found = 0;
  for (const SeenFrame& frame : frames) {
    const auto record = std::find(sent.begin(), sent.end(), frame.text);
    if (record != sent.end()) {
      ++found;
      sent = sent.subspan(static_cast<std::size_t>(record - sent.begin()) + 1);
      continue;
    }
    const bool piece = !frame.whole() && stream.find(frame.text) != std::string::npos;
    if (connection.late && (piece || is_line_of_cut_record(connection, frame.text))) continue;
    reason = "never sent: " + shown(frame.text) + frame.mark;
    return std::nullopt;
  }
  return found;
}

Judged judge_frames(const Connection& connection, const Seen& seen) {
  if (!seen.problem.empty()) return {Verdict::wrong, seen.problem};
  const std::span<const std::string> sent = connection.sent;
  const std::span<const SeenFrame> frames = seen.frames;
  const std::size_t proven = sent.size() - connection.proven;  // records
  for (std::size_t i = 1; i <= proven; ++i) {
    const std::string number = "record " + std::to_string(sent.size() - i) + " of " + std::to_string(sent.size());
    if (i > frames.size()) return {Verdict::wrong, number + " is missing"};
    const SeenFrame& frame = frames[frames.size() - i];
    const std::string& expected = sent[sent.size() - i];
    if (frame.text != expected) return {Verdict::wrong, number + ": " + shown(frame.text) + " for " + shown(expected)};
    const bool may_be_marked = i == 1 && connection.open_end;
    const bool behind_join = connection.late && i == sent.size();  // directly after the record that the join cut
    if (!frame.whole() && !may_be_marked && !behind_join) return {Verdict::wrong, number + " is " + frame.mark};
  }
  std::string reason;
  const auto leading = count_leading(connection, frames.first(frames.size() - proven), reason);
  if (!leading) return {Verdict::wrong, reason};
  return {*leading == connection.proven ? Verdict::right : Verdict::late};
}

struct Tally {
  std::size_t provable[3] = {};
  std::size_t others[3] = {};
};

std::string describe(const Connection& connection) {
  std::string text = connection.late ? "joined late" : "from its start";
  text += ", " + std::to_string(connection.sent.size()) + " records, segments of";
  for (std::size_t i = 0; i < std::min<std::size_t>(connection.segments.size(), 4); ++i)
    text += " " + std::to_string(connection.segments[i].size());
  return text;
}

class AutomaticConnections : public testing::TestWithParam<ConnectionKind> {
 protected:
  static void SetUpTestSuite() {
    std::printf("%-24s %23s   %23s\n%-24s %7s %7s %7s   %7s %7s %7s\n", "", "provable", "others", "framing", "right",
                "late", "wrong", "right", "late", "wrong");
  }
};

TEST_P(AutomaticConnections, BehindTheFirstProvableBoundary_NoneIsWrong) {
  Tally tally;
  std::string examples;
  int shown_examples = 0;
  for (std::uint32_t i = 0; i < kConnections; ++i) {
    const Connection connection = make_connection(GetParam(), kSeed + i);
    const Judged judged = judge_frames(connection, frame(connection));
    ++(connection.provable() ? tally.provable : tally.others)[static_cast<std::size_t>(judged.verdict)];
    if (judged.verdict != Verdict::wrong || !connection.provable() || ++shown_examples > kExamples) continue;
    examples += "\n  seed " + std::to_string(kSeed + i) + " (" + describe(connection) + "): " + judged.reason;
  }
  std::printf("%-24s %7zu %7zu %7zu   %7zu %7zu %7zu\n", GetParam().name, tally.provable[0], tally.provable[1],
              tally.provable[2], tally.others[0], tally.others[1], tally.others[2]);
  EXPECT_EQ(tally.provable[2], 0U) << "wrong, for example" << examples;
  EXPECT_GT(tally.provable[0] + tally.provable[1] + tally.provable[2], kConnections / 2) << "too few can be judged";
}

INSTANTIATE_TEST_SUITE_P(All, AutomaticConnections, testing::ValuesIn(connection_kinds()), name_of_kind);

}  // namespace
}  // namespace logsniffd::framing
