// Every cause of `status --why`: what the figures and the wire look like, and what is said about it.
#include "daemon/app/why.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/support/packet_builder.hpp"

namespace logsniffd::app {
namespace {

using testing::HasSubstr;

const PacketTime kNow{std::chrono::seconds(1'800'000'000)};
const PacketTime kJustNow = kNow - std::chrono::seconds(5);
const PacketTime kLongAgo = kNow - std::chrono::hours(3);

// One filter `app` on port 9988/tcp that writes to the sink `out`, on a healthy machine where nothing has happened yet.
class Why : public testing::Test {
 protected:
  Why() {
    config::Filter filter;
    filter.name = "app";
    filter.ports = {{9988, 9988}};
    filter.transport = Transport::tcp;
    filter.to = {"out"};
    filter.mark = {3, 5};
    config_.filters = {filter};
    config_.sinks.resize(1);
    config_.sinks[0].name = "out";
    view_.capture.emplace();
    view_.capture->interfaces = {{.name = "eth0"}};
    view_.capture->filters = {{"app", {}}};
    view_.sinks = {{.name = "out", .type = "syslog", .target = "tcp://192.0.2.1:601"}};
    view_.ledger.sinks = {{"out", {}}};
  }

  record_path::FilterFigures& figures(std::size_t filter = 0) { return view_.capture->filters[filter].figures; }
  void data_just_now() {
    figures().streams = 2;
    figures().bytes = 100;
    figures().last_bytes_at = kJustNow;
  }
  void records_just_now(std::size_t filter = 0) {
    data_just_now();
    figures(filter).records = 7;
    figures(filter).last_record_at = kJustNow;
  }
  sink::SinkFigures& sink() { return view_.ledger.sinks[0].figures; }

  void see(const test::Packet& packet, std::string_view interface = "eth0") {
    wire_.on_packet({packet, static_cast<std::uint32_t>(packet.size()), {}, capture::LinkType::raw, 1, interface});
  }
  void see_tcp(const char* src, const char* dst, const char* flags, std::string_view payload,
               std::string_view interface = "eth0") {
    see(test::tcp_packet(test::endpoint(src), test::endpoint(dst), {.flags = flags}, payload), interface);
  }

  std::optional<Finding> find(const std::string& subject, bool with_survey) {
    const auto found = subject_of(subject, config_);
    if (!found) throw std::runtime_error(found.error().message());
    const Surveyed surveyed{wire_, "in 3 s"};
    return find_cause(*found, {view_, config_, "/etc/logsniffd.yaml", kNow}, with_survey ? &surveyed : nullptr);
  }
  // REQUIRED: the figures alone tell.
  Finding told(const std::string& subject = "app") { return noted(find(subject, false).value()); }
  // REQUIRED: they do not.
  Finding told_by_wire(const std::string& subject = "app") {
    EXPECT_FALSE(find(subject, false)) << "the figures alone would tell";
    return noted(find(subject, true).value());
  }
  static Finding noted(Finding finding) {
    EXPECT_FALSE(finding.what.empty());
    EXPECT_FALSE(finding.figure.empty());
    EXPECT_EQ(finding.fix.empty(), finding.cause == Cause::none);
    EXPECT_THAT(to_json(finding).dump(), HasSubstr(std::string(word_of(finding.cause))));
    return finding;
  }

  config::Config config_;
  CollectorView view_;
  survey::WireSurvey wire_;
};

TEST_F(Why, RecordsArrive_NothingIsWrong) {
  records_just_now();
  EXPECT_EQ(told().cause, Cause::none);
  EXPECT_THAT(told().figure, HasSubstr("7 records, the last one 5 s ago"));
  EXPECT_EQ(told("9988").cause, Cause::none);
  EXPECT_EQ(told("9988/tcp").cause, Cause::none);
  EXPECT_EQ(told("out").cause, Cause::none);
}

TEST_F(Why, RecordsArrive_TellsWhichKeyLeavesMostOut) {
  config_.filters[0].refusing_marks[static_cast<std::size_t>(filter::RouteVerdict::limited)] = {9, 3};
  records_just_now();
  figures().refused[static_cast<std::size_t>(filter::RouteVerdict::excluded)] = 92;
  figures().refused[static_cast<std::size_t>(filter::RouteVerdict::limited)] = 93;
  EXPECT_EQ(told().cause, Cause::none);
  EXPECT_THAT(told().figure, HasSubstr("5 s ago; 93 records dropped by rate (/etc/logsniffd.yaml:9)"));
}

TEST_F(Why, WorkerDoesNotAnswer) {
  view_.capture.reset();
  EXPECT_EQ(told().cause, Cause::capture_hangs);
}

TEST_F(Why, NoInterface) {
  view_.capture->interfaces = {{.name = "eth9", .state = capture::InterfaceState::missing}};
  EXPECT_EQ(told().cause, Cause::interface_missing);
  view_.capture->interfaces = {{.name = "eth0", .state = capture::InterfaceState::no_carrier}};
  EXPECT_EQ(told().cause, Cause::interface_down);
  EXPECT_THAT(told().figure, HasSubstr("eth0: no carrier"));
}

TEST_F(Why, OneOfTwoInterfacesIsCaptured_IsNotTheCause) {
  view_.capture->interfaces.push_back({.name = "eth1", .state = capture::InterfaceState::missing});
  records_just_now();
  EXPECT_EQ(told().cause, Cause::none);
}

TEST_F(Why, WireIsSilent) { EXPECT_EQ(told_by_wire().cause, Cause::silent_wire); }

TEST_F(Why, NothingOnThePort_NamesThoseWithText) {
  see_tcp("10.0.0.1:40000", "10.0.0.2:9980", "AP", "hello\n");
  see_tcp("10.0.0.1:40001", "10.0.0.2:80", "AP", "GET /\n");
  const Finding finding = told_by_wire();
  EXPECT_EQ(finding.cause, Cause::nothing_on_port);
  EXPECT_THAT(finding.figure, HasSubstr("0 of 2 packets in 3 s; ports that carry text: 9980/tcp (1 packet), 80/tcp"));
}

TEST_F(Why, RecordsCameEarlier_TheLastOneIsNamed) {
  figures().records = 7;
  figures().last_record_at = kLongAgo;
  const Finding finding = told_by_wire();
  EXPECT_EQ(finding.cause, Cause::silent_wire);
  EXPECT_THAT(finding.figure, HasSubstr("7 records before, the last one 3 h ago"));
}

TEST_F(Why, PortWithoutAFilter) {
  see_tcp("10.0.0.1:40000", "10.0.0.2:7000", "AP", "hello\n");
  EXPECT_EQ(told_by_wire("7000").cause, Cause::not_watched);
  EXPECT_THAT(told_by_wire("7000").figure, HasSubstr("6 bytes of payload"));
  EXPECT_EQ(told_by_wire("7001").cause, Cause::not_watched);
  EXPECT_EQ(told_by_wire("9988/udp").cause, Cause::not_watched);
}

TEST_F(Why, PortWithoutAFilterOnASilentWire_TheFilterIsWhatIsMissing) {
  EXPECT_EQ(told_by_wire("7000").cause, Cause::not_watched);
  EXPECT_THAT(told_by_wire("7000").what, HasSubstr("no filter watches it"));
}

TEST_F(Why, OtherProtocol) {
  see(test::udp_packet(test::endpoint("10.0.0.1:40000"), test::endpoint("10.0.0.2:9988"), "hello"));
  const Finding finding = told_by_wire();
  EXPECT_EQ(finding.cause, Cause::other_protocol);
  EXPECT_THAT(finding.fix, HasSubstr("protocol: udp"));
}

TEST_F(Why, OtherInterface) {
  see_tcp("10.0.0.1:40000", "10.0.0.2:9988", "AP", "hello\n", "eth1");
  const Finding finding = told_by_wire();
  EXPECT_EQ(finding.cause, Cause::other_interface);
  EXPECT_THAT(finding.figure, HasSubstr("on eth1"));
}

TEST_F(Why, ConnectionsAreRefusedOrNotAnswered) {
  see_tcp("10.0.0.1:40000", "10.0.0.2:9988", "S", "");
  EXPECT_EQ(told_by_wire().cause, Cause::unanswered);
  see_tcp("10.0.0.2:9988", "10.0.0.1:40000", "RA", "");
  EXPECT_EQ(told_by_wire().cause, Cause::refused);
}

TEST_F(Why, PacketsWithoutData) {
  see_tcp("10.0.0.1:40000", "10.0.0.2:9988", "A", "");
  EXPECT_EQ(told_by_wire().cause, Cause::no_payload);
}

TEST_F(Why, OnlyTheOtherDirection) {
  config_.filters[0].direction = filter::Direction::to;
  see_tcp("10.0.0.2:9988", "10.0.0.1:40000", "AP", "hello\n");
  EXPECT_EQ(told_by_wire().cause, Cause::other_direction);
}

TEST_F(Why, SendersOutsideTheNetworks) {
  config_.filters[0].networks = {{*Address::parse("192.0.2.0"), 120}};
  see_tcp("10.0.0.1:40000", "10.0.0.2:9988", "AP", "hello\n");
  const Finding finding = told_by_wire();
  EXPECT_EQ(finding.cause, Cause::outside_networks);
  EXPECT_THAT(finding.figure, HasSubstr("10.0.0.1"));
}

TEST_F(Why, DataOnTheWireThatTheFilterDidNotSee) {
  see_tcp("10.0.0.1:40000", "10.0.0.2:9988", "AP", "hello\n");
  EXPECT_EQ(told_by_wire().cause, Cause::unseen);
}

TEST_F(Why, EncryptedConnections_TheNameOfTheServerIsTold) {
  const std::string hello =
      std::string("\x16\x03\x01\x00\x48\x01\x00\x00\x44\x03\x03", 11) + std::string(32, 'r') +
      std::string("\x00\x00\x02\x13\x01\x01\x00\x00\x19\x00\x00\x00\x15\x00\x13\x00\x00\x10", 18) +
      "logs\x1b.example.com";
  see_tcp("10.0.0.1:40000", "10.0.0.2:9988", "AP", hello);
  EXPECT_EQ(told_by_wire().cause, Cause::encrypted);
  data_just_now();
  figures().foreign[static_cast<std::size_t>(framing::Foreign::tls)] = 2;
  const Finding finding = told_by_wire();
  EXPECT_EQ(finding.cause, Cause::encrypted);
  EXPECT_THAT(finding.figure, HasSubstr("2 of 2 streams; the clients ask for logs\\x1b.example.co"));
}

TEST_F(Why, ForeignTraffic) {
  data_just_now();
  figures().foreign[static_cast<std::size_t>(framing::Foreign::java_serialization)] = 1;
  EXPECT_EQ(told().cause, Cause::java_objects);
  figures().foreign[static_cast<std::size_t>(framing::Foreign::binary)] = 2;
  EXPECT_EQ(told().cause, Cause::binary);
}

TEST_F(Why, DataWithoutAnEndOfARecord) {
  data_just_now();
  EXPECT_EQ(told().cause, Cause::unfinished);
  figures().joined_late = figures().streams;
  EXPECT_EQ(told().cause, Cause::joined_late);
}

TEST_F(Why, DroppedByAKey_NamesItsPlace) {
  for (std::size_t i = 0; i < filter::kRouteVerdicts; ++i) config_.filters[0].refusing_marks[i] = {10 + int(i), 3};
  const std::vector<std::tuple<filter::RouteVerdict, Cause, std::string>> kKeys{
      {filter::RouteVerdict::severity, Cause::dropped_by_severity, "severity (/etc/logsniffd.yaml:12) of filter app"},
      {filter::RouteVerdict::where, Cause::dropped_by_where, "where (/etc/logsniffd.yaml:13) of filter app"},
      {filter::RouteVerdict::no_match, Cause::dropped_by_match, "match (/etc/logsniffd.yaml:14) of filter app"},
      {filter::RouteVerdict::excluded, Cause::dropped_by_exclude, "exclude (/etc/logsniffd.yaml:15) of filter app"},
      {filter::RouteVerdict::sampled, Cause::dropped_by_sample, "sample (/etc/logsniffd.yaml:16) of filter app"},
      {filter::RouteVerdict::repeated, Cause::dropped_by_repeat, "repeat (/etc/logsniffd.yaml:17) of filter app"},
      {filter::RouteVerdict::limited, Cause::dropped_by_rate, "rate (/etc/logsniffd.yaml:18) of filter app"},
      {filter::RouteVerdict::not_text, Cause::dropped_by_text, "does not look like text"}};
  data_just_now();
  std::uint64_t count = 0;
  for (const auto& [verdict, cause, words] : kKeys) {
    figures().refused[static_cast<std::size_t>(verdict)] = ++count;
    EXPECT_EQ(told().cause, cause);
    EXPECT_THAT(told().what, HasSubstr(words));
    EXPECT_THAT(told().figure, HasSubstr(std::to_string(count) + " record"));
  }
}

TEST_F(Why, EarlierFilterIsFinal) {
  config::Filter first = config_.filters[0];
  first.name = "first";
  first.final = true;
  config_.filters.insert(config_.filters.begin(), first);
  view_.capture->filters.insert(view_.capture->filters.begin(), {"first", {}});
  data_just_now();
  records_just_now(0);
  figures(1) = figures(0);
  figures(1).records = 0;
  figures(1).last_record_at = {};
  EXPECT_EQ(told().cause, Cause::taken_by_final);
  EXPECT_THAT(told().what, HasSubstr("filter first (/etc/logsniffd.yaml:3) is final"));
  config_.filters[0].ports = {{1, 2}};
  EXPECT_EQ(told().cause, Cause::unfinished);
}

TEST_F(Why, TargetFails) {
  records_just_now();
  view_.sinks[0].health = {true, kLongAgo, "connecting to 192.0.2.1: No route to host"};
  EXPECT_EQ(told().cause, Cause::sink_failing);
  EXPECT_THAT(told().what, HasSubstr("since 3 h ago"));
  EXPECT_EQ(told("out").cause, Cause::sink_failing);
  sink().spooled = 12;
  EXPECT_EQ(told().cause, Cause::spooling);
  EXPECT_THAT(told().figure, HasSubstr("12 records wait in its spool"));
}

TEST_F(Why, SinkThatIsAskedForFails_WithoutAnyRecord) {
  view_.sinks[0].health = {true, kLongAgo, "no"};
  EXPECT_EQ(told("out").cause, Cause::sink_failing);
}

TEST_F(Why, SinkWaits) {
  records_just_now();
  view_.sinks[0].waits = true;
  EXPECT_EQ(told().cause, Cause::sink_waits);
}

TEST_F(Why, SinkDropsRecords) {
  records_just_now();
  sink().dropped[static_cast<std::size_t>(sink::DropReason::too_large)] = 1;
  EXPECT_EQ(told().cause, Cause::sink_drops);
  EXPECT_THAT(told().what, HasSubstr("too large"));
  sink().dropped[static_cast<std::size_t>(sink::DropReason::queue_full)] = 5;
  EXPECT_EQ(told().cause, Cause::queue_full);
}

TEST_F(Why, KernelDropsPackets) {
  records_just_now();
  view_.ledger.capture.kernel_dropped = 3;
  EXPECT_EQ(told().cause, Cause::kernel_drops);
}

TEST(Subject, Unknown_IsAUsageErrorWithTheNearestName) {
  config::Config config;
  config.filters.resize(1);
  config.filters[0].name = "app";
  for (const char* text : {"", "ap", "0", "70000", "514/sctp", "514/", "-1", "1x"}) {
    const auto subject = subject_of(text, config);
    ASSERT_FALSE(subject) << text;
    EXPECT_EQ(subject.error().kind(), ErrorKind::usage);
  }
  EXPECT_THAT(subject_of("ap", config).error().message(), HasSubstr("did you mean 'app'?"));
}

TEST(Causes, EachOne_IsInTheManual) {
  std::ifstream page(LOGSNIFFD_DOCS_FOLDER "/control.md");
  const std::string text{std::istreambuf_iterator<char>(page), {}};
  for (std::size_t cause = 0; cause < kCauses; ++cause) {
    EXPECT_THAT(text, HasSubstr("| `" + std::string(word_of(static_cast<Cause>(cause))) + "` |"));
  }
}

}  // namespace
}  // namespace logsniffd::app
