// A collector that captures live without privileges, and what a reload can change: a file, a spool, the capture.
#pragma once

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <atomic>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "daemon/app/collector.hpp"
#include "daemon/base/unique_fd.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::app {

// A live source that shows a few packets and is silent afterwards. It can refuse kernel filters.
class QuietSource final : public capture::PacketSource {
 public:
  QuietSource(std::vector<test::Packet> packets, const std::atomic<bool>& refuses_filters)
      : packets_(std::move(packets)), refuses_filters_(refuses_filters) {}

  Expected<capture::ReadStatus> read(capture::PacketObserver& observer, std::size_t) override {
    const auto now = std::chrono::time_point_cast<PacketTime::duration>(std::chrono::system_clock::now());
    for (const test::Packet& packet : std::exchange(packets_, {})) {
      observer.on_packet({packet, static_cast<std::uint32_t>(packet.size()), now, capture::LinkType::raw, 1, "eth0"});
    }
    return capture::ReadStatus::idle;
  }
  Status set_watched(const capture::WatchedTraffic&, const std::string&) override {
    if (refuses_filters_) return fail(Error::runtime("the kernel rejected the filter"));
    return {};
  }
  [[nodiscard]] int wait_fd() const override { return never_.get(); }
  [[nodiscard]] Duration wait_limit() const override { return std::chrono::hours(1); }
  [[nodiscard]] capture::CaptureStatistics statistics() override { return {}; }

 private:
  std::vector<test::Packet> packets_;
  const std::atomic<bool>& refuses_filters_;
  UniqueFd never_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

class ReloadFixture : public testing::Test {
 protected:
  ReloadFixture() {
    config::Filter filter;
    filter.name = "app";
    filter.ports = {{9988, 9988}};
    filter.to = {"kept", "file"};
    first_.filters = {filter};
    first_.sinks = {file("kept"), file("file")};
    first_.capture.latency = std::chrono::milliseconds(1);
    second_ = first_;
    second_.sinks[1] = file("file", "changed {message}");
    second_.sinks.push_back(file("spooled"));
    second_.sinks[2].spool = config::Spool{spool_, 16 * config::kMiB};
  }

  config::Sink file(const std::string& name, const std::string& format = "{message}") const {
    config::FileTarget target;
    target.path = directory_.path(name + ".log");
    target.format = format;
    config::Sink sink;
    sink.name = name;
    sink.target = target;
    return sink;
  }

  // Runs the collector with first_, and captures `packets`.
  void start(const std::vector<test::Packet>& packets = {}) {
    CollectorOptions options;
    options.config = first_;
    options.output = output_;
    options.open_live = [this, packets](
                            const capture::LiveOptions&,
                            const capture::InterfaceListener&) -> Expected<std::unique_ptr<capture::PacketSource>> {
      if (no_capture_) return fail(Error::runtime("eth9: no such interface"));
      return std::make_unique<QuietSource>(packets, refuses_filters_);
    };
    CollectorEvents events;
    events.on_interface = [](const std::string&, capture::InterfaceChange, const std::string&) {};
    events.on_sink_error = [](const std::string& sink, const std::string& error) {
      ADD_FAILURE() << sink << ": " << error;
    };
    events.on_sink_ended = [this] { on_sink_ended_(); };
    events.on_finished = [] {};
    auto collector = Collector::create(std::move(options), std::move(events));
    if (!collector) throw std::runtime_error(collector.error().message());
    collector_ = std::move(*collector);
    collector_->start();
  }

  // Waits for the sinks that leave. REQUIRED: on_sink_ended_ is the one of this class.
  void settle() {
    while (!collector_->retire()) ended_.acquire();
  }

  test::TempDirectory directory_;
  const std::string spool_ = directory_.path("spool");
  std::string output_;
  config::Config first_;
  config::Config second_;  // opens one more of everything that a reload can open
  std::atomic<bool> refuses_filters_{false};
  std::atomic<bool> no_capture_{false};
  std::counting_semaphore<> ended_{0};
  std::function<void()> on_sink_ended_ = [this] { ended_.release(); };
  std::unique_ptr<Collector> collector_;
};

}  // namespace logsniffd::app
