// Unread bytes of a stream: its next record carries a mark, no line is cut, and the report names the stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/pipeline/pipeline_fixture.hpp"

namespace logsniffd::pipeline {
namespace {

using record_path::Lane;
using record_path::UnreadBytes;
using record_path::UnreadReport;
using test::endpoint;
using test::Packet;
using testing::ElementsAre;

constexpr Duration kHoleWait = std::chrono::milliseconds(2100);
constexpr std::uint32_t kFar = 5'000'000;
constexpr std::uint32_t kFirstSeq = 100'000;
const Endpoint kClient = endpoint("192.0.2.7:40112");
const Endpoint kServer = endpoint("192.0.2.1:514");

const Lane kLines{.filters = ~filter::FilterMask{0}};

Lane lane_of(filter::FilterMask filters) { return {.filters = filters}; }

Lane joining_lane() {
  Lane lane = kLines;
  lane.joining.emplace();
  lane.joining->options = {framing::JoinMode::traceback, nullptr, std::chrono::seconds(1)};
  return lane;
}

class UnreadMarks : public PipelineFixture {
 protected:
  UnreadMarks() { configure({kLines}); }

  // One filter for each lane.
  void configure(std::vector<Lane> lanes, std::vector<filter::FilterOptions> filters = {filter::FilterOptions{}}) {
    char name = 'a';
    for (filter::FilterOptions& filter : filters) {
      if (filter.ports.empty()) filter.ports = {{514, 514}};
      filter.name = std::string(1, name++);
      filter.sinks = record::SinkMask{1} << kSink;
    }
    use(std::move(filters), std::move(lanes));
  }

  void says(std::string_view text) { give(talk_.client_says(text)); }
  void pass(Duration time) { pipeline_->idle(now_ += time); }
  // A stray segment, which is dropped as soon as the sender says something after hole_wait.
  void far_stray() {
    give(test::tcp_packet(kClient, kServer, {.seq = talk_.client_seq() + kFar}, "stray\n"));
    pass(kHoleWait);
  }
  // Bytes from before the place at which the stream was joined.
  void late_stray() { give(test::tcp_packet(kClient, kServer, {.seq = kFirstSeq - 1000}, "stray\n")); }

  // Returns the filter and message of each record, and its mark if it is not whole.
  std::vector<std::string> records() {
    std::vector<std::string> seen;
    take_records([&](const std::string& filter, const record::LogRecord& record) {
      seen.push_back(filter + " " + std::string(record.message));
      if (record.integrity != Integrity::whole) seen.back() += "|" + std::string(to_string(record.integrity));
    });
    return seen;
  }
  UnreadBytes lost() {
    const UnreadReport report = pipeline_->take_unread();
    if (report.empty()) return {};
    EXPECT_EQ(report.streams.size(), 1U);
    EXPECT_EQ(report.streams[0].flow, (Flow{kClient, kServer, Transport::tcp}));
    return report.streams[0].bytes;
  }

  test::TcpConversation talk_{kClient, kServer, kFirstSeq};
};

TEST_F(UnreadMarks, LateSegment_TheNextRecordIsMarkedAndNoOther) {
  says("first\n");
  const Packet missing = talk_.client_says("missing\n");
  says("third\n");
  pass(kHoleWait);
  says("fourth\n");
  give(missing);
  says("fifth\n");
  says("sixth\n");
  EXPECT_THAT(records(), ElementsAre("a first|joined_late", "a third|gap", "a fourth", "a fifth|gap", "a sixth"));
  EXPECT_EQ(lost(), (UnreadBytes{.missing = 8, .late = 8}));
  EXPECT_EQ(lost(), UnreadBytes{});
}

TEST_F(UnreadMarks, FarSegment_TheNextRecordIsMarked) {
  says("first\nsecond\n");
  far_stray();
  says("third\n");
  says("fourth\nfifth\n");
  EXPECT_THAT(records(), ElementsAre("a first|joined_late", "a second", "a third", "a fourth|gap", "a fifth"));
  EXPECT_EQ(lost(), UnreadBytes{.outside_window = 6});
}

TEST_F(UnreadMarks, BesideALineThatIsUnderWay_ItIsMarkedAndNotCut) {
  says("first\nsecond, ");
  late_stray();
  says("its end\nthird\n");
  EXPECT_THAT(records(), ElementsAre("a first|joined_late", "a second, its end|gap", "a third"));
}

TEST_F(UnreadMarks, BesideAStackTraceThatIsUnderWay_ItIsMarkedAndNotCut) {
  configure({joining_lane()});
  says("start\nfailed\nTraceback (most recent call last):\n");
  late_stray();
  says("  File \"a.py\", line 1, in f\nValueError: 7\nnext\n");
  pass(std::chrono::seconds(5));
  EXPECT_THAT(
      records(),
      ElementsAre("a start|joined_late",
                  "a failed\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: 7|gap",
                  "a next"));
}

TEST_F(UnreadMarks, NextRecordIsFilteredOut_TheOneThatIsWrittenIsMarked) {
  filter::FilterOptions some;
  some.exclude = {"noise"};
  configure({kLines}, {some});
  says("first\n");
  late_stray();
  says("noise\nsecond\nthird\n");
  EXPECT_THAT(records(), ElementsAre("a first|joined_late", "a second|gap", "a third"));
}

TEST_F(UnreadMarks, TwoLanes_TheNextRecordOfEachIsMarked) {
  Lane second = lane_of(2);
  second.framing.method = framing::Method::lines;
  configure({lane_of(1), second}, {filter::FilterOptions{}, filter::FilterOptions{}});
  says("first\n");
  late_stray();
  says("second\nthird\n");
  EXPECT_THAT(records(), ElementsAre("a first|joined_late", "b first|joined_late", "a second|gap", "a third",
                                     "b second|gap", "b third"));
}

TEST_F(UnreadMarks, ReloadInBetween_TheMarkStays) {
  says("first\n");
  late_stray();
  configure({lane_of(1), lane_of(2)}, {filter::FilterOptions{.ports = {{99, 99}}}, filter::FilterOptions{}});
  says("second\nthird\n");
  EXPECT_THAT(records(), ElementsAre("a first|joined_late", "b second|gap", "b third"));
}

TEST_F(UnreadMarks, MarkOfAStreamThatEnded_IsNotThatOfTheNextOne) {
  says("first\n");
  late_stray();
  for (const Packet& packet : talk_.close()) give(packet);
  talk_ = test::TcpConversation(kClient, kServer, 900'000'000, 800'000'000);
  for (const Packet& packet : talk_.handshake()) give(packet);
  says("second\n");
  EXPECT_THAT(records(), ElementsAre("a first|joined_late", "a second"));
}

TEST_F(UnreadMarks, PayloadOfASynThatDoesNotBelong_IsToldAndMarksNoRecordOfTheRunningStream) {
  says("first\n");
  give(test::tcp_packet(kClient, kServer, {.seq = 777'000'000, .flags = "S"}, "stray\n"));
  says("second\n");
  EXPECT_THAT(records(), ElementsAre("a first|joined_late", "a second"));
  EXPECT_EQ(lost(), UnreadBytes{.outside_window = 6});
}

TEST_F(UnreadMarks, NobodyWantsTheDirection_NothingIsTold) {
  filter::FilterOptions to_server;
  to_server.direction = filter::Direction::to;
  configure({kLines}, {to_server});
  says("first\n");
  give(talk_.server_says("answer\n"));
  give(test::tcp_packet(kServer, kClient, {.seq = 777'000'000, .flags = "S"}, "stray\n"));
  EXPECT_GT(pipeline_->streams().outside_window.get(), 0U);
  EXPECT_EQ(lost(), UnreadBytes{});
}

TEST_F(UnreadMarks, InOrderLines_NothingIsMarkedOrTold) {
  for (const Packet& packet : talk_.handshake()) give(packet);
  says("first\nsec");
  says("ond\n");
  for (const Packet& packet : talk_.close()) give(packet);
  EXPECT_THAT(records(), ElementsAre("a first", "a second"));
  EXPECT_EQ(lost(), UnreadBytes{});
}

}  // namespace
}  // namespace logsniffd::pipeline
