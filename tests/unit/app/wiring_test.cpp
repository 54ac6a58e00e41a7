// Converts the configuration to the options of each room.
#include "daemon/app/wiring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/record/severity.hpp"
#include "daemon/spool/spooled_sink.hpp"
#include "tests/support/packet_builder.hpp"

namespace logsniffd::app {
namespace {

using test::endpoint;
using testing::ElementsAre;

const SinkIndex kWiredSinks{{"disk", 0}, {"journal", 5}};

config::Filter filter(std::string name, std::uint16_t port) {
  config::Filter filter;
  filter.name = std::move(name);
  filter.ports = {{port, port}};
  filter.to = {"disk"};
  return filter;
}

std::shared_ptr<const record_path::RoutingPlan> plan_of(std::vector<config::Filter> filters, bool text_only = false) {
  config::Config config;
  config.filters = std::move(filters);
  auto plan = make_plan(config, kWiredSinks, text_only);
  if (!plan) {
    ADD_FAILURE() << plan.error().message();
    return nullptr;
  }
  return *plan;
}

TEST(Plan, FiltersThatFrameAndDecodeAlike_ShareALane) {
  auto nul = filter("nul", 2);
  nul.framing.method = framing::Method::nul;
  auto syslog = filter("syslog", 3);
  syslog.decode = record::Decode::syslog;
  const auto plan = plan_of({filter("first", 1), nul, syslog, filter("last", 4)});
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->lanes.size(), 3);
  EXPECT_EQ(plan->lanes[0].filters, 0b1001);
  EXPECT_EQ(plan->lanes[0].framing.method, framing::Method::automatic);
  EXPECT_EQ(plan->lanes[0].decode, record::Decode::automatic);
  EXPECT_EQ(plan->lanes[1].filters, 0b0010);
  EXPECT_EQ(plan->lanes[1].framing.method, framing::Method::nul);
  EXPECT_EQ(plan->lanes[2].filters, 0b0100);
  EXPECT_EQ(plan->lanes[2].decode, record::Decode::syslog);
  EXPECT_THAT(*plan->names, ElementsAre("first", "nul", "syslog", "last"));
}

TEST(Plan, EveryKeyOfAFilter_ReachesTheFilterRoom) {
  config::Filter wanted = filter("app", 514);
  wanted.transport = Transport::udp;
  wanted.direction = filter::Direction::from;
  wanted.networks = {{endpoint("10.0.0.0:0").address, 104}};
  wanted.match = {"a", "b"};
  wanted.exclude = {"c"};
  wanted.severity = record::Severity::warning;
  wanted.final = true;
  wanted.to = {"disk", "journal"};
  const auto plan = plan_of({wanted}, true);
  ASSERT_TRUE(plan);
  const filter::FilterOptions& options = plan->filters.options().at(0);
  EXPECT_EQ(options.name, "app");
  ASSERT_EQ(options.ports.size(), 1);
  EXPECT_EQ(options.ports[0].first, 514);
  EXPECT_EQ(options.ports[0].last, 514);
  EXPECT_EQ(options.transport, Transport::udp);
  EXPECT_EQ(options.direction, filter::Direction::from);
  ASSERT_EQ(options.networks.size(), 1);
  EXPECT_EQ(options.networks[0].address, endpoint("10.0.0.0:0").address);
  EXPECT_EQ(options.networks[0].prefix, 104);
  EXPECT_THAT(options.match, ElementsAre("a", "b"));
  EXPECT_THAT(options.exclude, ElementsAre("c"));
  EXPECT_EQ(options.at_least, record::Severity::warning);
  EXPECT_TRUE(options.text_only);
  EXPECT_TRUE(options.final);
  EXPECT_EQ(options.sinks, 0b100001);
}

TEST(Plan, FilterWithDefaults_AsksForNothingSpecial) {
  const auto plan = plan_of({filter("app", 514)});
  ASSERT_TRUE(plan);
  const filter::FilterOptions& options = plan->filters.options().at(0);
  EXPECT_EQ(options.transport, std::nullopt);
  EXPECT_EQ(options.direction, filter::Direction::both);
  EXPECT_EQ(options.at_least, std::nullopt);
  EXPECT_FALSE(options.text_only);
  EXPECT_FALSE(options.final);
}

TEST(Plan, ExpressionThatDoesNotCompile_FailsWithTheFiltersName) {
  config::Config config;
  config.filters = {filter("app", 514)};
  config.filters[0].match = {"("};
  const auto plan = make_plan(config, kWiredSinks, false);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind(), ErrorKind::usage);
  EXPECT_THAT(plan.error().message(), testing::HasSubstr("filter app: match"));
}

TEST(WatchedTraffic, PortsOfEachTransport_AreThoseOfItsFilters) {
  config::Config config;
  config.filters = {filter("tcp", 1), filter("udp", 2), filter("both", 3)};
  config.filters[0].transport = Transport::tcp;
  config.filters[1].transport = Transport::udp;
  const capture::WatchedTraffic watched = watched_traffic(config);
  const auto firsts = [](const auto& ranges) {
    std::vector<int> ports;
    for (const auto& range : ranges) ports.push_back(range.first);
    return ports;
  };
  EXPECT_THAT(firsts(watched.tcp_ports), ElementsAre(1, 3));
  EXPECT_THAT(firsts(watched.udp_ports), ElementsAre(2, 3));
  EXPECT_FALSE(watched.any_port);
  EXPECT_FALSE(watched.everything);
}

TEST(WatchedTraffic, FilterWithoutPorts_WatchesAll) {
  config::Config config;
  config.filters = {filter("app", 1), filter("all", 2)};
  config.filters[1].ports.clear();
  EXPECT_TRUE(watched_traffic(config).any_port);
}

TEST(LiveOptions, CaptureSection_ReachesTheCaptureRoom) {
  config::Config config;
  config.capture = {{"eth0", "veth*"}, true, 2048, 4096, std::chrono::milliseconds(7), {}};
  config.filters = {filter("app", 514)};
  const capture::LiveOptions options = live_options(config, "not host 10.0.0.1", true);
  EXPECT_THAT(options.interfaces, ElementsAre("eth0", "veth*"));
  EXPECT_TRUE(options.promiscuous);
  EXPECT_EQ(options.snaplen_bytes, 2048);
  EXPECT_EQ(options.buffer_bytes, 4096);
  EXPECT_EQ(options.latency, std::chrono::milliseconds(7));
  EXPECT_EQ(options.watched.tcp_ports.size(), 1);
  EXPECT_EQ(options.expression, "not host 10.0.0.1");
  EXPECT_TRUE(options.wait_for_missing);
}

TEST(PipelineLimits, LimitsSection_ReachesTheRooms) {
  config::Limits limits;
  limits.connections = 1;
  limits.idle = std::chrono::seconds(2);
  limits.hole_wait = std::chrono::seconds(3);
  limits.per_connection = 4;
  limits.reassembly = 5;
  limits.fragments = 6;
  limits.record = 7;
  const pipeline::PipelineLimits found = pipeline_limits(limits);
  EXPECT_EQ(found.tcp.connections, 1);
  EXPECT_EQ(found.tcp.idle, std::chrono::seconds(2));
  EXPECT_EQ(found.tcp.hole_wait, std::chrono::seconds(3));
  EXPECT_EQ(found.tcp.per_connection_bytes, 4);
  EXPECT_EQ(found.tcp.reassembly_bytes, 5);
  EXPECT_EQ(found.fragments.bytes, 6);
  EXPECT_EQ(found.framing.record_bytes, 7);
  EXPECT_EQ(found.framing.partial_bytes, 5);
}

TEST(MakeSink, FormatWithUnknownField_FailsWithTheNearestName) {
  config::Sink sink;
  sink.target = config::StandardOutputTarget{"{mesage}"};
  const auto made = make_sink(sink, "");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind(), ErrorKind::usage);
  EXPECT_THAT(made.error().message(), testing::HasSubstr("did you mean 'message'?"));
}

TEST(MakeSink, EveryType_IsMade) {
  config::FileTarget file;
  file.path = "/var/log/logsniffd/app.log";
  config::Sink sink;
  for (const config::SinkTarget& target : std::vector<config::SinkTarget>{
           file, config::SyslogTarget(), config::JournaldTarget(), config::StandardOutputTarget()}) {
    sink.target = target;
    const auto made = make_sink(sink, "");
    EXPECT_TRUE(made) << made.error().message();
  }
}

TEST(MakeSink, WithASpool_IsASinkInFrontOfAnother) {
  config::Sink sink;
  sink.target = config::SyslogTarget();
  const auto bare = make_sink(sink, "");
  sink.spool = config::Spool{"/var/lib/logsniffd/out", 16 * config::kMiB};
  const auto spooled = make_sink(sink, "");
  EXPECT_EQ(dynamic_cast<spool::SpooledSink*>(bare->get()), nullptr);
  EXPECT_NE(dynamic_cast<spool::SpooledSink*>(spooled->get()), nullptr);
}

}  // namespace
}  // namespace logsniffd::app
