// The lines of a tap of packets or streams.
#include "daemon/app/tap_event_format.hpp"

#include <gtest/gtest.h>

#include "tests/support/packet_builder.hpp"

namespace logsniffd::app {
namespace {

using record_path::TapEvent;

record::LogRecord origin() {
  record::LogRecord origin;
  origin.captured_at = PacketTime(std::chrono::microseconds(1'790'000'000'016'601));
  origin.flow = {test::endpoint("192.0.2.7:40112"), test::endpoint("[2001:db8::1]:514"), Transport::tcp};
  origin.interface = "eth0";
  return origin;
}

std::string line(std::string_view format, const TapEvent& event, const record::LogRecord& of = origin()) {
  std::string out;
  TapEventFormat::compile(format)->append(of, event, out);
  return out;
}

// Without the time, which is local.
std::string text(const TapEvent& event, const record::LogRecord& of = origin()) {
  const std::string out = line("text", event, of);
  EXPECT_EQ(out.substr(8, 8), ".016601 ");
  return out.substr(16);
}

TEST(TapEventFormat, Text_NamesFlowAndEvent) {
  const std::string flow = "eth0 tcp 192.0.2.7:40112 > [2001:db8::1]:514 ";
  EXPECT_EQ(text({.kind = TapEvent::Kind::packet, .verdict = "decoded", .bytes = 34}), flow + "34 bytes, decoded");
  EXPECT_EQ(text({.kind = TapEvent::Kind::packet, .verdict = "ignored", .reason = "duplicate", .bytes = 34}),
            flow + "34 bytes, ignored: duplicate");
  EXPECT_EQ(text({.kind = TapEvent::Kind::opened, .reason = "mid_stream"}), flow + "opened: mid_stream");
  EXPECT_EQ(text({.kind = TapEvent::Kind::bytes, .bytes = 5, .offset = 7}), flow + "5 bytes at 7");
  EXPECT_EQ(text({.kind = TapEvent::Kind::gap, .bytes = 5, .offset = 7}), flow + "gap of 5 bytes at 7");
  EXPECT_EQ(text({.kind = TapEvent::Kind::end, .reason = "fin", .offset = 12}), flow + "end at 12: fin");
  EXPECT_EQ(text({.kind = TapEvent::Kind::datagram, .reason = "cut_short", .bytes = 5}),
            flow + "datagram of 5 bytes, cut_short");
}

TEST(TapEventFormat, ValuesThatAreUnknown_AreLeftOut) {
  record::LogRecord unknown = origin();
  unknown.flow = {};
  unknown.interface = {};
  const TapEvent event{.kind = TapEvent::Kind::packet, .verdict = "malformed", .reason = "ip_header", .bytes = 60};
  EXPECT_EQ(text(event, unknown), "- 60 bytes, malformed: ip_header");
  const std::string json = line("json", event, unknown);
  EXPECT_EQ(json.substr(json.find(R"("event")")),
            R"("event":"packet","bytes":60,"verdict":"malformed","reason":"ip_header"})");
}

TEST(TapEventFormat, InterfaceNameWithControlCharacters_IsEscaped) {
  record::LogRecord hostile = origin();
  hostile.interface = "a\nb";
  EXPECT_EQ(text({.kind = TapEvent::Kind::opened, .reason = "handshake"}, hostile).substr(0, 9), "a\\nb tcp ");
}

TEST(TapEventFormat, Json_HasAMemberForEachValue) {
  const std::string json = line("json", {.kind = TapEvent::Kind::bytes, .bytes = 5, .offset = 7});
  EXPECT_EQ(json.substr(json.find(R"("event")")),
            R"("event":"bytes","interface":"eth0","protocol":"tcp","src":{"addr":"192.0.2.7","port":40112},)"
            R"("dst":{"addr":"2001:db8::1","port":514},"bytes":5,"offset":7})");
}

TEST(TapEventFormat, OtherFormat_IsAUsageError) {
  const auto format = TapEventFormat::compile("raw");
  ASSERT_FALSE(format);
  EXPECT_EQ(format.error().exit_code(), 2);
  EXPECT_EQ(format.error().message(), "the format of packets and streams is text or json, not 'raw'");
}

}  // namespace
}  // namespace logsniffd::app
