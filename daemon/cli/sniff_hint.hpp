// What sniff says on standard error if it has nothing to show: the finding of `status --why`, in one line.
//
// THREAD  the main thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "daemon/app/collector.hpp"
#include "daemon/app/survey_run.hpp"
#include "daemon/loop/event_loop.hpp"

namespace logsniffd::cli {

class SniffHint {
 public:
  static constexpr Duration kAfter = std::chrono::seconds(10);

  // `read_file`: see CollectorOptions. `has_expression`: the user's BPF narrows the capture, so what the whole wire
  // carries explains nothing. Both references must outlive this.
  SniffHint(loop::EventLoop& loop, app::Collector& collector, std::string read_file, bool has_expression)
      : loop_(loop), collector_(collector), read_file_(std::move(read_file)), has_expression_(has_expression) {}

  // Live: if kAfter has passed without a record, looks at the wire and tells. REQUIRED: called once.
  [[nodiscard]] Status watch();
  // After the end: tells, unless there was a record, or watch() has told already.
  void tell_at_end();

 private:
  [[nodiscard]] bool has_records() const { return collector_.ledger().pipeline.records.routed.get() > 0; }
  void look_at_wire();
  void tell_after_look();
  void tell(const std::string& when, const survey::WireSurvey* wire, const std::string& span);

  loop::EventLoop& loop_;
  app::Collector& collector_;
  std::string read_file_;
  bool has_expression_;
  std::optional<loop::EventLoop::Source> timer_;
  std::optional<loop::EventLoop::Notifier> looked_;  // called by the thread of survey_
  std::unique_ptr<app::SurveyRun> survey_;
  bool told_ = false;
};

}  // namespace logsniffd::cli
