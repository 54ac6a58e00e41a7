// Asks a running daemon for its report every second, over one connection, and connects again after the daemon was away.
//
// One request at most waits for its answer: a daemon that is slow is not asked more often than it answers.
//
// THREAD  the loop's. A call blocks only while the kernel or a half-sent answer keeps it, for at most kWholeWithin.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/cli/top_model.hpp"
#include "daemon/control/client.hpp"
#include "daemon/loop/event_loop.hpp"

namespace logsniffd::cli {

class ReportPoll {
 public:
  struct Events {
    std::function<void(control::Json report)> on_report;
    std::function<void(Silence silence)> on_silence;
  };

  // Connects. ERRORS  runtime: the daemon cannot be asked. `loop` must outlive the result.
  static Expected<std::unique_ptr<ReportPoll>> start(loop::EventLoop& loop, std::string path, Events events);
  // Asks now, unless an answer has still to come. This object itself does so every second.
  void ask();

 private:
  ReportPoll(loop::EventLoop& loop, std::string path, Events events)
      : loop_(loop), path_(std::move(path)), events_(std::move(events)) {}

  [[nodiscard]] Status connect();
  void send_request();
  void read_answer();
  void disconnect();

  loop::EventLoop& loop_;
  std::string path_;
  Events events_;
  std::optional<control::Connection> daemon_;
  std::optional<loop::EventLoop::Source> answer_;  // of daemon_, and so after it
  std::optional<SteadyTime> asked_at_;             // no answer yet
  std::optional<loop::EventLoop::Source> seconds_;
};

}  // namespace logsniffd::cli
