// A pipeline without threads. Its packets come from the tests' packet builder, its records from the queue of one sink.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/pipeline/pipeline.hpp"
#include "tests/support/packet_builder.hpp"

namespace logsniffd::pipeline {

class PipelineFixture : public testing::Test {
 protected:
  static constexpr unsigned kSink = 0;
  static constexpr Duration kStep = std::chrono::microseconds(10);  // between two packets
  static inline const record_path::Lane kAutomatic{.filters = ~filter::FilterMask{0}};

  // One filter, "app", watches port 514.
  PipelineFixture() { restart(64 * 1024); }

  // Starts from scratch, with another limits.record.
  void restart(std::uint64_t record_bytes, std::uint64_t max_records = 0) {
    PipelineOptions options;
    options.limits.tcp = {1000, std::chrono::minutes(5), std::chrono::seconds(2), 1 << 20, 1 << 24};
    options.limits.fragments = {1 << 20, std::chrono::seconds(30)};
    options.limits.framing = {record_bytes, 1 << 20};
    options.linger = Duration::max();
    options.max_records = max_records;
    pipeline_ = std::make_unique<Pipeline>(options, abandon_);
    use({watch("app", 514)}, {kAutomatic});
  }

  static filter::FilterOptions watch(std::string name, std::uint16_t port) {
    filter::FilterOptions filter;
    filter.name = std::move(name);
    filter.ports = {{port, port}};
    filter.sinks = record::SinkMask{1} << kSink;
    return filter;
  }
  void use(std::vector<filter::FilterOptions> filters, std::vector<record_path::Lane> lanes) {
    auto names = std::make_shared<record::FilterNames>();
    for (const auto& filter : filters) names->push_back(filter.name);
    auto table = filter::FilterTable::compile(std::move(filters));
    ASSERT_TRUE(table) << table.error().message();
    pipeline_->configure(std::make_shared<const record_path::RoutingPlan>(
                             record_path::RoutingPlan{std::move(*table), std::move(lanes), std::move(names)}),
                         {{kSink, &queue_}});
  }

  void give(const test::Packet& ip_packet) {
    give_frame(test::ethernet(ip_packet), capture::LinkType::ethernet, "eth0", 1);
  }
  void give_frame(Bytes frame, capture::LinkType type, std::string_view interface, std::uint32_t id) {
    now_ += kStep;
    pipeline_->on_packet({frame, static_cast<std::uint32_t>(frame.size()), now_, type, id, interface});
  }

  // Calls `take` with the filter's name and the record for each record since the last call.
  template <class Take>
  void take_records(Take take) {
    pipeline_->publish();
    record_path::BatchQueue::Item item;
    while (queue_.take(item)) {
      std::vector<record::Field> scratch;
      for (std::size_t i = 0; i < item.object->size(); ++i) {
        take(std::string(item.object->filter_name(i)), item.object->record(i, scratch));
      }
      queue_.release(item);
    }
  }

  std::atomic<bool> abandon_{false};
  queue::Wakeup wakeup_;
  record_path::BatchQueue queue_{64 << 20, wakeup_};
  std::unique_ptr<Pipeline> pipeline_;
  PacketTime now_{std::chrono::seconds(1'790'000'000)};
};

}  // namespace logsniffd::pipeline
