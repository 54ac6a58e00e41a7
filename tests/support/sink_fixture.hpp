// Shared by the tests of this room: records and batches from literals, a time zone, and the counts of a sink.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <ctime>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/record/record_batch.hpp"
#include "daemon/sink/delivery_watch.hpp"
#include "daemon/sink/sink.hpp"

namespace logsniffd::test {

// 2026-03-09 10:27:44.016601 UTC.
inline constexpr PacketTime kWhen{std::chrono::seconds(1773052064) + std::chrono::microseconds(16601)};
inline constexpr unsigned kSink = 3;

// Gives each test a fixed time zone, whatever the zone of the machine is.
class InZone {
 public:
  explicit InZone(const char* zone = "UTC") {
    ::setenv("TZ", zone, 1);
    ::tzset();
  }
};

inline Flow sample_flow() {
  return {{*Address::parse("10.0.0.1"), 40000}, {*Address::parse("fe80::1"), 514}, Transport::tcp};
}

inline record::LogRecord plain_record(std::string_view message, PacketTime when = kWhen) {
  record::LogRecord record;
  record.captured_at = when;
  record.flow = sample_flow();
  record.interface = "eth0";
  record.message = message;
  return record;
}

inline record::LogRecord from_host(std::string_view host, std::string_view message, PacketTime when = kWhen) {
  record::LogRecord record = plain_record(message, when);
  record.host = host;
  return record;
}

// All records go to kSink, through the filter "app".
inline std::unique_ptr<record::RecordBatch> batch_of(const std::vector<record::LogRecord>& records) {
  auto batch = std::make_unique<record::RecordBatch>();
  batch->begin(std::make_shared<const record::FilterNames>(record::FilterNames{"app"}));
  for (const record::LogRecord& record : records) batch->append(record, 0, record::SinkMask{1} << kSink);
  return batch;
}

inline std::unique_ptr<record::RecordBatch> batch_of(const std::vector<std::string>& messages,
                                                     PacketTime when = kWhen) {
  std::vector<record::LogRecord> records;
  for (const std::string& message : messages) records.push_back(plain_record(message, when));
  return batch_of(records);
}

inline std::uint64_t dropped(const sink::Sink& sink, sink::DropReason reason) {
  return sink.counters().dropped[static_cast<std::size_t>(reason)].get();
}

// The losses that a sink shows.
class SeenLosses final : public sink::LossObserver {
 public:
  [[nodiscard]] bool watches() const override { return watching; }
  void on_loss(const sink::LostRecords& lost) override {
    name = lost.sink;
    for (const std::uint32_t i : lost.records) {
      seen.push_back(in_words(lost.reason) + ": " + std::string(lost.batch.message(i)));
      ++counts[static_cast<std::size_t>(lost.reason)];
    }
  }
  // Whether each loss that the sink has counted was shown, as far as there was a record to show.
  void expect_all_of(const sink::Sink& sink) const {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (i == static_cast<std::size_t>(sink::DropReason::spool_damaged)) continue;
      EXPECT_EQ(counts[i], sink.counters().dropped[i].get()) << sink::kDropReasonNames[i];
    }
  }

  bool watching = true;
  std::string name;
  std::vector<std::string> seen;  // "REASON: MESSAGE"
  std::array<std::uint64_t, sink::kDropReasonNames.size()> counts{};
};

// Writes batches into a sink, and checks after each batch that every record was counted once, and shown if it was lost.
// Watches what becomes of them.
class Feeder {
 public:
  explicit Feeder(sink::Sink& sink) : sink_(sink) {
    sink_.observe(watch_);
    sink_.show_losses(losses, "fed");
  }

  void write(const record::RecordBatch& batch) {
    routed_ += batch.count_for(kSink);
    sink_.deliver(batch, kSink, interrupt);
    const auto& counters = sink_.counters();
    const std::uint64_t lost =
        std::accumulate(counters.dropped.begin(), counters.dropped.end(), std::uint64_t{0},
                        [](std::uint64_t sum, const Counter& counter) { return sum + counter.get(); });
    EXPECT_EQ(routed_, counters.written.get() + lost);
    if (losses.watching) losses.expect_all_of(sink_);
  }
  void write(const std::vector<std::string>& messages, PacketTime when = kWhen) { write(*batch_of(messages, when)); }
  void write(const std::vector<record::LogRecord>& records) { write(*batch_of(records)); }
  Duration maintain() { return sink_.maintain(interrupt); }
  [[nodiscard]] sink::SinkHealth health() const { return watch_.health(); }

  sink::Interrupt interrupt = std::move(*sink::Interrupt::create());
  SeenLosses losses;

 private:
  sink::DeliveryWatch watch_{&std::chrono::system_clock::now, false};
  sink::Sink& sink_;
  std::uint64_t routed_ = 0;
};

template <class Options>
std::unique_ptr<sink::Sink> made(Expected<std::unique_ptr<sink::Sink>> (*make)(const Options&),
                                 const Options& options) {
  auto sink = make(options);
  EXPECT_TRUE(sink) << (sink ? "" : sink.error().message());
  return sink ? std::move(*sink) : nullptr;
}

}  // namespace logsniffd::test
