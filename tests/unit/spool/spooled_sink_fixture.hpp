// A spooled sink around one that the test makes available or not.
#pragma once

#include <algorithm>
#include <filesystem>
#include <optional>
#include <random>
#include <utility>

#include "daemon/sink/delivery_watch.hpp"
#include "daemon/spool/spooled_sink.hpp"
#include "tests/support/changeable_sink.hpp"
#include "tests/support/sink_fixture.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::spool {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Texts = std::vector<std::string>;
using namespace std::chrono_literals;

class SpooledSinkTest : public testing::Test {
 protected:
  SpooledSinkTest() { start(); }

  // Starts as the daemon does, with what the previous one left on disk.
  void start() {
    stop();
    auto inner = std::make_unique<ChangeableSink>(target_);
    inner_ = inner.get();
    sink_ = std::make_unique<SpooledSink>(SpoolOptions{path_, size_, [this] { return now_; }, 0ms}, std::move(inner));
    watch_.emplace([this] { return wall_; }, false);
    sink_->observe(*watch_);
    losses_ = {};
    sink_->show_losses(losses_, "spooled");
    const Status opened = sink_->open_target();
    ASSERT_TRUE(opened) << opened.error().message();
    sink_->start_target(interrupt_);
    routed_ = 0;
  }
  void stop() { sink_.reset(); }  // like kill -9: no call follows

  void write(const record::RecordBatch& batch) {
    routed_ += batch.count_for(kSink);
    sink_->deliver(batch, kSink, interrupt_);
    expect_balance();
  }
  void write(const Texts& messages, PacketTime when = kWhen) { write(*batch_of(messages, when)); }
  Duration maintain() {
    const Duration rest = sink_->maintain(interrupt_);
    expect_balance();
    return rest;
  }
  // Lets time pass until nothing more happens.
  void wait() {
    for (int i = 0; i < 20; ++i) {
      now_ += SpooledSink::kLongestRetry;
      maintain();
    }
  }
  void expect_balance() {
    const sink::SinkCounters& counters = sink_->counters();
    std::uint64_t lost = 0;
    for (const Counter& counter : counters.dropped) lost += counter.get();
    EXPECT_EQ(routed_ + counters.recovered.get(), counters.written.get() + lost + counters.spooled.get());
    losses_.expect_all_of(*sink_);
  }
  std::uint64_t spooled() { return sink_->counters().spooled.get(); }
  std::uint64_t dropped(sink::DropReason reason) { return test::dropped(*sink_, reason); }
  bool disk_is_empty() {
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().extension() == ".segment") return false;
    }
    return true;
  }

  test::TempDirectory directory_;
  std::string path_ = directory_.path("spool");
  std::uint64_t size_ = 1 << 20;
  ChangeableSink::Target target_;
  SteadyTime now_{1h};
  PacketTime wall_ = kWhen + 1ms;  // records are captured at kWhen
  std::optional<sink::DeliveryWatch> watch_;
  SeenLosses losses_;
  sink::Interrupt interrupt_ = std::move(*sink::Interrupt::create());
  ChangeableSink* inner_ = nullptr;
  std::unique_ptr<SpooledSink> sink_;
  std::uint64_t routed_ = 0;
};

}  // namespace logsniffd::spool
