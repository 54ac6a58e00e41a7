#include "daemon/metrics/exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/unit/metrics/everything.hpp"

namespace logsniffd::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string page(const Everything& all) { return exposition(all.figures()); }

// The sum of all series of a family, or of all families.
double sum_of(const Everything& all, const std::string& family = {}) {
  const Families families = families_of(all.figures());
  double sum = 0;
  for (const auto& one : families.list()) {
    if (!family.empty() && one.name != family) continue;
    for (const auto& series : one.metric) sum += series.counter.value + series.gauge.value;
  }
  return sum;
}

TEST(Exposition, EveryCounterOfTheLedger_IsInIt) {
  // Each counter has a value of its own; all of these values are on the page, or in a sum.
  Everything all;
  std::uint64_t next = 1'000'000;
  double given = 0;
  const auto give = [&](const CounterName& name, auto& counter) {
    add_to(counter, ++next);
    if (name.is_listed) given += static_cast<double>(next);
  };
  pipeline::PipelineCounters::for_each_block(all.pipeline, [&](const pipeline::BlockName&, auto& block) {
    std::decay_t<decltype(block)>::for_each(block, give);
  });
  capture::CaptureStatistics::for_each(all.capture, give);
  sink::SinkFigures::for_each(all.sinks[0].figures, give);
  EXPECT_EQ(sum_of(all) - sum_of(Everything()), given);
}

TEST(Exposition, OutcomesOfPackets_AddUpToThoseReceived) {
  Everything all;
  all.pipeline.packets.received.add(100);
  all.pipeline.packets.decoded.add(60);
  all.pipeline.packets.count(packet_path::Ignored::not_ip);
  all.pipeline.packets.count(packet_path::Malformed::ip_header);
  all.capture.kernel_dropped = 38;
  EXPECT_EQ(sum_of(all, "logsniffd_packets_total"), 100);
  EXPECT_EQ(sum_of(all, "logsniffd_packets_received_total"), 100);
  EXPECT_THAT(page(all), HasSubstr("logsniffd_packets_total{outcome=\"ignored\",reason=\"not_ip\"} 1\n"));
  EXPECT_THAT(page(all), HasSubstr("logsniffd_packets_total{outcome=\"kernel_dropped\"} 38\n"));
}

TEST(Exposition, Gauges_HaveNoTotal) {
  Everything all;
  all.pipeline.streams.connections_open.add(4);
  all.pipeline.streams.buffered.add(9);
  all.sinks[0].figures.queued = 3;
  EXPECT_THAT(page(all), HasSubstr("# TYPE logsniffd_connections gauge\nlogsniffd_connections 4\n"));
  EXPECT_THAT(page(all), HasSubstr("\nlogsniffd_streams_buffered_bytes 9\n"));
  EXPECT_THAT(page(all), HasSubstr("logsniffd_sink_queued_records{sink=\"out\"} 3\n"));
}

TEST(Exposition, EveryFamily_HasHelpAndATypeThatItsNameTells) {
  const Everything all;
  const Families families = families_of(all.figures());
  for (const auto& family : families.list()) {
    EXPECT_FALSE(family.help.empty()) << family.name;
    EXPECT_EQ(family.name.ends_with("_total"), family.type == prometheus::MetricType::Counter) << family.name;
  }
}

TEST(Exposition, NoTwoSeries_HaveTheSameLabels) {
  Everything all;
  all.interfaces.push_back(all.interfaces[0]);  // it came back while its former self is leaving
  all.interfaces[1].state = capture::InterfaceState::leaving;
  const Families families = families_of(all.figures());
  for (const auto& family : families.list()) {
    std::set<std::vector<prometheus::ClientMetric::Label>> seen;
    for (const auto& series : family.metric) EXPECT_TRUE(seen.insert(series.label).second) << family.name;
  }
  EXPECT_THAT(page(all), HasSubstr("logsniffd_interface_packets_total{interface=\"eth0\"} 14\n"));
  EXPECT_THAT(page(all), HasSubstr("logsniffd_interface_up{interface=\"eth0\"} 1\n"));
}

TEST(Exposition, HostileNames_AreEscaped) {
  Everything all;
  all.filters[0].name = "a\"b\\c}\nd\xff";
  const std::string text = page(all);
  // The escapes of text, and then those of the format.
  EXPECT_THAT(text, HasSubstr("logsniffd_filter_bytes_total{filter=\"a\\\"b\\\\\\\\c}\\\\nd\\\\xff\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("\xff")));
}

TEST(Exposition, NamesThatDifferInOneByte_StayDifferentSeries) {
  Everything all;
  all.filters[0].name = "\xff";
  all.filters.push_back({"\\xff", {}});
  all.filters.push_back({"\xfe", {}});
  const Families families = families_of(all.figures());
  for (const auto& family : families.list()) {
    if (family.name == "logsniffd_filter_bytes_total") {
      EXPECT_EQ(family.metric.size(), 3U);
    }
  }
}

TEST(Exposition, RecordsOfAFilter_AreThoseTakenAndThoseRefused) {
  Everything all;
  record_path::FilterFigures& figures = all.filters[0].figures;
  figures.records = 5;
  figures.refused[static_cast<std::size_t>(filter::RouteVerdict::no_match)] = 2;
  EXPECT_THAT(page(all), HasSubstr("logsniffd_records_total{filter=\"app\",outcome=\"routed\"} 5\n"));
  EXPECT_THAT(page(all), HasSubstr("logsniffd_records_total{filter=\"app\",outcome=\"dropped\",reason=\"match\"} 2\n"));
}

TEST(Exposition, SizesOfRecords_AreCumulativeAndTheBoundBelongsToItsBucket) {
  Everything all;
  for (const std::size_t size : {0U, 1U, 16U, 17U, 32U, 1U << 24U, (1U << 24U) + 1})
    all.filters[0].figures.sizes.add(size);
  const std::string text = page(all);
  EXPECT_THAT(text, HasSubstr("logsniffd_record_bytes_bucket{filter=\"app\",le=\"16\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("logsniffd_record_bytes_bucket{filter=\"app\",le=\"32\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("logsniffd_record_bytes_bucket{filter=\"app\",le=\"16777216\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("logsniffd_record_bytes_bucket{filter=\"app\",le=\"+Inf\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("logsniffd_record_bytes_count{filter=\"app\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("logsniffd_record_bytes_sum{filter=\"app\"} 33554499\n"));
}

TEST(Exposition, Latencies_AreThoseOfTheSink) {
  Everything all;
  sink::CumulativeLatency& latency = all.sinks[0].running->latency;
  std::fill(latency.counts.begin() + 3, latency.counts.end(), 2);  // from 1 ms on
  latency.count = 3;
  latency.sum = std::chrono::seconds(90);
  const std::string text = page(all);
  EXPECT_THAT(text, HasSubstr("logsniffd_latency_seconds_bucket{sink=\"out\",le=\"0.0005\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("logsniffd_latency_seconds_bucket{sink=\"out\",le=\"0.001\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("logsniffd_latency_seconds_bucket{sink=\"out\",le=\"60\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("logsniffd_latency_seconds_bucket{sink=\"out\",le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("logsniffd_latency_seconds_sum{sink=\"out\"} 90\n"));
}

TEST(Exposition, SinkThatLeftTheConfiguration_KeepsItsCountersAndHasNoTarget) {
  Everything all;
  all.sinks[0].running.reset();
  all.sinks[0].figures.written = 8;
  EXPECT_THAT(page(all), HasSubstr("logsniffd_sink_records_total{sink=\"out\",outcome=\"written\"} 8\n"));
  EXPECT_THAT(page(all), Not(HasSubstr("logsniffd_sink_up")));
}

TEST(Exposition, TroubleOfTheDaemon_IsShown) {
  Everything all;
  all.last_reload_successful = false;
  all.unaccounted_packets = -2;
  all.interfaces[0].state = capture::InterfaceState::no_carrier;
  all.sinks[0].running->is_up = false;
  const std::string text = page(all);
  EXPECT_THAT(text, HasSubstr("\nlogsniffd_config_last_reload_successful 0\n"));
  EXPECT_THAT(text, HasSubstr("logsniffd_unaccounted{stage=\"packets\"} -2\n"));
  EXPECT_THAT(text, HasSubstr("\nlogsniffd_capture_up 0\n"));
  EXPECT_THAT(text, HasSubstr("logsniffd_sink_up{sink=\"out\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("logsniffd_build_info{version=\"1.2.3\"} 1\n"));
}

}  // namespace
}  // namespace logsniffd::metrics
