// What a tap of packets or streams sees of the traffic.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/pipeline/pipeline_fixture.hpp"

namespace logsniffd::pipeline {
namespace {

using record_path::Tap;
using record_path::TapEvent;
using record_path::TapPoint;
using test::endpoint;
using testing::ElementsAre;
using testing::IsEmpty;

const Endpoint kTappedClient = endpoint("192.0.2.7:40112");
const Endpoint kTappedServer = endpoint("192.0.2.1:514");
const Endpoint kOther = endpoint("192.0.2.1:515");

class TapEvents : public PipelineFixture {
 protected:
  ~TapEvents() override {
    if (tap_) pipeline_->remove_tap(*tap_);
  }
  void tap(record_path::TapOptions options) {
    tap_ = std::make_unique<Tap>(std::move(options), copies_);
    pipeline_->add_tap(*tap_);
  }
  // "INTERFACE SRC>DST EVENT BYTES@OFFSET VERDICT:REASON SHOWN" of each event since the last call.
  std::vector<std::string> seen() {
    std::vector<std::string> lines;
    tap_->publish();
    for (record_path::BatchQueue::Item item; copies_.take(item);) {
      std::vector<record::Field> scratch;
      for (std::size_t i = 0; i < item.object->size(); ++i) {
        const record::LogRecord origin = item.object->record(i, scratch);
        EXPECT_LE(origin.captured_at, now_);
        EXPECT_GE(origin.captured_at, now_ - kStep);
        const auto [event, shown] = record_path::read_event(origin.message);
        lines.push_back(std::string(origin.interface) + " " + std::to_string(origin.flow.src.port) + ">" +
                        std::to_string(origin.flow.dst.port) + " " +
                        std::string(record_path::kTapEventNames[static_cast<std::size_t>(event.kind)]) + " " +
                        std::to_string(event.bytes) + "@" + std::to_string(event.offset) + " " +
                        std::string(event.verdict) + ":" + std::string(event.reason) + " " + std::string(shown));
      }
      copies_.release(item);
    }
    return lines;
  }

  test::TcpConversation talk_{kTappedClient, kTappedServer, 100'000};
  record_path::BatchQueue copies_{1 << 20, wakeup_};
  std::unique_ptr<Tap> tap_;
};

TEST_F(TapEvents, PacketsOfAWantedFlow_AreShownWithTheirVerdict) {
  tap({.at = TapPoint::packet});
  give(talk_.client_says("hello\n"));
  EXPECT_THAT(seen(), ElementsAre("eth0 40112>514 packet 6@0 decoded: hello\n"));
  give(talk_.server_acks());
  EXPECT_THAT(seen(), ElementsAre("eth0 514>40112 packet 0@0 decoded: "));
  give(test::udp_packet(kTappedClient, kTappedServer, "x"));
  EXPECT_THAT(seen(), ElementsAre("eth0 40112>514 packet 1@0 decoded: x"));
}

TEST_F(TapEvents, DatagramSeenTwice_SecondIsIgnoredAsADuplicate) {
  tap({.at = TapPoint::packet});
  give_frame(test::sll2(test::udp_packet(kTappedClient, kTappedServer, "x"), 1, 4), capture::LinkType::linux_sll2, "lo",
             1);
  EXPECT_THAT(seen(), ElementsAre("lo 40112>514 packet 1@0 decoded: x"));
  give_frame(test::sll2(test::udp_packet(kTappedClient, kTappedServer, "x"), 1, 0), capture::LinkType::linux_sll2, "lo",
             1);
  EXPECT_THAT(seen(), ElementsAre("lo 40112>514 packet 1@0 ignored:duplicate x"));
}

TEST_F(TapEvents, PacketsNobodyWants_AreShownOnlyByADroppedTapOfAllFilters) {
  const std::string unwanted = "eth0 40112>515 packet 1@0 ignored:not_watched x";
  tap({.at = TapPoint::packet});
  give(test::udp_packet(kTappedClient, kOther, "x"));
  EXPECT_THAT(seen(), IsEmpty());
  pipeline_->remove_tap(*tap_);
  tap({.filters = {"app"}, .dropped = true, .at = TapPoint::packet});
  give(test::udp_packet(kTappedClient, kOther, "x"));
  EXPECT_THAT(seen(), IsEmpty());
  pipeline_->remove_tap(*tap_);
  tap({.dropped = true, .at = TapPoint::packet});
  give(test::udp_packet(kTappedClient, kTappedServer, "wanted"));
  EXPECT_THAT(seen(), IsEmpty());
  give(test::udp_packet(kTappedClient, kOther, "x"));
  EXPECT_THAT(seen(), ElementsAre(unwanted));
}

TEST_F(TapEvents, PacketWithoutPorts_IsShownAsAWhole) {
  tap({.dropped = true, .at = TapPoint::packet});
  const std::string frame(20, '\0');
  give_frame(as_bytes(frame), capture::LinkType::ipv4, "tun0", 1);
  EXPECT_THAT(seen(), ElementsAre("tun0 0>0 packet 20@0 malformed:ip_version " + frame));
}

TEST_F(TapEvents, OtherFilterNamed_NothingIsShown) {
  tap({.filters = {"other"}, .at = TapPoint::packet});
  give(talk_.client_says("hello\n"));
  EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(TapEvents, Stream_IsShownFromItsOpeningToItsEnd) {
  tap({.at = TapPoint::stream});
  give(talk_.client_says("hello\n"));
  EXPECT_THAT(seen(), ElementsAre(" 40112>514 opened 0@0 :mid_stream ", "eth0 40112>514 bytes 6@0 : hello\n"));
  give(talk_.client_says("more"));
  EXPECT_THAT(seen(), ElementsAre("eth0 40112>514 bytes 4@6 : more"));
  talk_.skip_client_bytes(10);
  give(talk_.client_says("end"));
  EXPECT_THAT(seen(), IsEmpty()) << "the hole may be filled";
  pipeline_->finish();
  EXPECT_THAT(seen(), ElementsAre("eth0 40112>514 gap 10@10 : ", "eth0 40112>514 bytes 3@20 : end",
                                  "eth0 40112>514 end 0@23 :shutdown "));
}

TEST_F(TapEvents, TapThatComesLater_CountsFromItsFirstByte) {
  give(talk_.client_says("hello\n"));
  tap({.at = TapPoint::stream});
  give(talk_.client_says("more"));
  give(talk_.client_says("x"));
  const auto lines = seen();
  EXPECT_THAT(lines, ElementsAre("eth0 40112>514 bytes 4@0 : more", "eth0 40112>514 bytes 1@4 : x"));
}

TEST_F(TapEvents, Datagram_IsShownAmongTheStreams) {
  tap({.at = TapPoint::stream});
  give(test::udp_packet(kTappedClient, kTappedServer, "x"));
  EXPECT_THAT(seen(), ElementsAre("eth0 40112>514 datagram 1@0 : x"));
  give(test::udp_packet(kTappedClient, kOther, "x"));
  EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(TapEvents, LongPayload_IsShownUpToTheBoundAndCounted) {
  tap({.at = TapPoint::stream});
  const std::string text(TapEvent::kShownBytes + 1, 'a');
  give(test::udp_packet(kTappedClient, kTappedServer, text));
  EXPECT_THAT(seen(), ElementsAre("eth0 40112>514 datagram 4097@0 : " + text.substr(1)));
}

TEST_F(TapEvents, TapThatWasRemoved_SeesNothingMore) {
  tap({.at = TapPoint::packet});
  pipeline_->remove_tap(*tap_);
  give(talk_.client_says("hello\n"));
  EXPECT_THAT(seen(), IsEmpty());
}

}  // namespace
}  // namespace logsniffd::pipeline
