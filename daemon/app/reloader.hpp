// Reloads, one after the other, on the event loop, which never waits for a leaving sink.
//
// A reload has settled when the sinks that it removes have left. They have a deadline, a timer of the loop; then they
// are interrupted. Requests that arrive before that, however many, are remembered as one, which is carried out once the
// reload has settled: it reads the configuration as it is then.
//
// THREAD  the main thread.
#pragma once

#include <functional>
#include <optional>

#include "daemon/app/collector.hpp"
#include "daemon/loop/event_loop.hpp"

namespace logsniffd::app {

class Reloader {
 public:
  struct Events {
    std::function<void()> on_request;  // reads the configuration and calls Collector::reload()
    std::function<void()> on_settled;  // after each on_request, whether the reload worked or not
  };

  // Both must outlive this.
  Reloader(loop::EventLoop& loop, Collector& collector, Events events,
           Duration leave_deadline = SinkSet::kLeaveDeadline)
      : loop_(loop), collector_(collector), events_(std::move(events)), leave_deadline_(leave_deadline) {}

  void request();
  // REQUIRED: called on the loop after each CollectorEvents::on_sink_ended.
  void on_sink_ended();

 private:
  void begin();
  void settle();

  loop::EventLoop& loop_;
  Collector& collector_;
  Events events_;
  Duration leave_deadline_;
  std::optional<loop::EventLoop::Source> deadline_;  // while sinks leave
  bool again_ = false;
};

}  // namespace logsniffd::app
