// A packet source that returns what a test tells it to return.
//
// THREAD  read() on the capture worker, everything else on the test's thread.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

#include "daemon/base/unique_fd.hpp"
#include "daemon/capture/packet_source.hpp"
#include "tests/support/packet_builder.hpp"

namespace logsniffd::test {

// The result of one read(): IP packets (link type RAW), captured at `at`, and then the status `then`.
struct Reading {
  std::vector<Packet> packets = {};
  Expected<capture::ReadStatus> then = capture::ReadStatus::more;
  PacketTime at{std::chrono::seconds(1'709'980'064)};
};

class ScriptedSource final : public capture::PacketSource {
 public:
  explicit ScriptedSource(std::deque<Reading> script, capture::CaptureStatistics statistics = {})
      : script_(std::move(script)), statistics_(statistics) {}

  // The kernel holds this now, but does not wake the worker yet.
  void hold_quietly(Reading reading) {
    const std::lock_guard lock(mutex_);
    script_.push_back(std::move(reading));
  }
  void hold(Reading reading) {
    hold_quietly(std::move(reading));
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(ready_.get(), &one, sizeof one);
  }
  // Waits until the worker has learned that there is nothing more for now.
  void wait_until_exhausted() {
    std::unique_lock lock(mutex_);
    exhausted_.wait(lock, [this] { return reported_idle_ && script_.empty(); });
  }

  Expected<capture::ReadStatus> read(capture::PacketObserver& observer, std::size_t) override {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(ready_.get(), &count, sizeof count);
    const std::lock_guard lock(mutex_);
    reported_idle_ = script_.empty();
    exhausted_.notify_all();
    if (script_.empty()) return capture::ReadStatus::idle;
    const Reading reading = std::move(script_.front());
    script_.pop_front();
    for (const Packet& packet : reading.packets) {
      observer.on_packet(
          {packet, static_cast<std::uint32_t>(packet.size()), reading.at, capture::LinkType::raw, 1, "eth0"});
    }
    return reading.then;
  }

  [[nodiscard]] int wait_fd() const override { return ready_.get(); }
  [[nodiscard]] Duration wait_limit() const override { return std::chrono::hours(1); }
  [[nodiscard]] capture::CaptureStatistics statistics() override { return statistics_; }

 private:
  UniqueFd ready_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::mutex mutex_;  // guards script_ and reported_idle_
  std::condition_variable exhausted_;
  std::deque<Reading> script_;
  bool reported_idle_ = false;
  capture::CaptureStatistics statistics_;
};

}  // namespace logsniffd::test
