// Answers what programs ask on the control socket (docs/control.md).
//
// THREAD  the main thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/app/collector.hpp"
#include "daemon/app/status_report.hpp"
#include "daemon/app/survey_run.hpp"
#include "daemon/app/tap_set.hpp"
#include "daemon/app/why.hpp"
#include "daemon/control/server.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/own_log/own_log.hpp"

namespace logsniffd::app {

class ControlCommands {
 public:
  struct Actions {
    std::function<void()> reload;  // on_reload() follows, at once or later
    std::function<void()> reopen;
  };
  // What became of a reload.
  struct ReloadResult {
    control::Json problems = control::Json::array();  // lines about the configuration
    std::optional<int> failed;                        // the exit status
  };

  // All references must outlive this. REQUIRED: the collector was started.
  static Expected<std::unique_ptr<ControlCommands>> create(loop::EventLoop& loop, Collector& collector,
                                                           const DaemonFacts& facts, const StatusReport& report,
                                                           own_log::OwnLog& log, Actions actions);

  // Listens where the configuration says, unless it listens there already. Without its control socket the daemon does
  // what it is there for, and only cannot be asked: a failure is a warning.
  void listen();
  // Answers nobody any more. The taps stay: they show what the sinks drop at the end. REQUIRED: the last call.
  void stop_listening() { server_.reset(); }
  // Answers the programs that asked for a reload.
  void on_reload(const ReloadResult& result);

 private:
  struct Question {
    std::string subject;
    control::Server::Reply reply;
  };

  ControlCommands(loop::EventLoop& loop, Collector& collector, const DaemonFacts& facts, const StatusReport& report,
                  own_log::OwnLog& log, Actions actions);
  void answer(const control::Request& request, control::Server::Reply reply);
  void change(const control::Request& request, control::Server::Reply reply);
  void why(const control::Json& arguments, control::Server::Reply reply);
  void answer_questions();
  [[nodiscard]] std::optional<Finding> find_cause(const Subject& subject, const Surveyed* surveyed);

  loop::EventLoop& loop_;
  Collector& collector_;
  const DaemonFacts& facts_;
  const StatusReport& report_;
  own_log::OwnLog& log_;
  Actions actions_;
  TapSet taps_;
  std::optional<loop::EventLoop::Notifier> survey_done_;  // called by the thread of survey_
  std::optional<loop::EventLoop::Notifier> relisten_;
  std::unique_ptr<SurveyRun> survey_;  // while questions wait for it
  std::vector<Question> questions_;
  std::vector<control::Server::Reply> reload_requests_;
  std::unique_ptr<control::Server> server_;  // null: off, or it could not be opened
};

}  // namespace logsniffd::app
