#include "daemon/app/control_commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/app/version.hpp"
#include "daemon/app/wall_clock.hpp"

namespace logsniffd::app {
namespace {

using Reply = control::Server::Reply;

// What a question that the daemon's figures do not answer waits for.
constexpr Duration kSurveyDuration = std::chrono::seconds(3);
constexpr const char* kSurveySpan = "in 3 s";

void refuse(Reply reply, const Error& error) { std::move(reply).send(control::error_line(error)); }

void tell(const Finding& finding, Reply reply) {
  std::move(reply).send(control::answer_line({{"finding", to_json(finding)}}));
}

void set_log_level(const control::Json& arguments, own_log::OwnLog& log, Reply reply) {
  const std::string level = control::text_argument(arguments, "level");
  if (std::find(config::kLogLevels.begin(), config::kLogLevels.end(), level) == config::kLogLevels.end()) {
    const auto message = fmt::format("the argument level is one of {}", fmt::join(config::kLogLevels, ", "));
    return refuse(std::move(reply), Error::usage(message));
  }
  log.set_level(level);
  log.write(own_log::Event::level_changed, fmt::format("the level of this log is {} until the next reload", level));
  std::move(reply).send(control::answer_line());
}

}  // namespace

ControlCommands::ControlCommands(loop::EventLoop& loop, Collector& collector, const DaemonFacts& facts,
                                 const StatusReport& report, own_log::OwnLog& log, Actions actions)
    : loop_(loop),
      collector_(collector),
      facts_(facts),
      report_(report),
      log_(log),
      actions_(std::move(actions)),
      taps_(loop, collector) {}

Expected<std::unique_ptr<ControlCommands>> ControlCommands::create(loop::EventLoop& loop, Collector& collector,
                                                                   const DaemonFacts& facts, const StatusReport& report,
                                                                   own_log::OwnLog& log, Actions actions) {
  std::unique_ptr<ControlCommands> commands(
      new ControlCommands(loop, collector, facts, report, log, std::move(actions)));
  auto survey_done = loop.add_notifier([commands = commands.get()] { commands->answer_questions(); });
  if (!survey_done) return fail(std::move(survey_done.error()));
  commands->survey_done_ = std::move(*survey_done);
  auto relisten = loop.add_notifier([commands = commands.get()] { commands->listen(); });
  if (!relisten) return fail(std::move(relisten.error()));
  commands->relisten_ = std::move(*relisten);
  return commands;
}

void ControlCommands::listen() {
  const std::string& path = collector_.config().daemon.control;
  if (server_ && server_->path() == path) return;
  server_.reset();
  if (path.empty()) return;
  auto opened = control::Server::open(loop_, {.path = path}, [this](const control::Request& request, Reply reply) {
    answer(request, std::move(reply));
  });
  if (opened) {
    server_ = std::move(*opened);
  } else {
    log_.write(own_log::Event::control_unavailable,
               fmt::format("{}; logsniffd status, tap and reload cannot reach this daemon: see daemon.control in {}",
                           opened.error().message(), facts_.config_path),
               {{"LOGSNIFFD_CONFIG", facts_.config_path}});
  }
}

void ControlCommands::answer(const control::Request& request, Reply reply) {
  const std::string& command = request.command;
  if (command == "status") {
    const auto report = report_.report(collector_.look(kLookWithin), collector_.config(), facts_,
                                       std::chrono::steady_clock::now(), wall_now());
    std::move(reply).send(control::answer_line({{"report", report}}));
  } else if (command == "why") {
    why(request.arguments, std::move(reply));
  } else if (command == "tap") {
    taps_.begin(request.arguments, std::move(reply), facts_.config_path);
  } else if (command == "reload" || command == "reopen" || command == "log-level") {
    change(request, std::move(reply));
  } else {
    const auto message = fmt::format("the daemon (version {}) does not know this command", kVersion);
    refuse(std::move(reply), Error::usage(message));
  }
}

void ControlCommands::change(const control::Request& request, Reply reply) {
  if (reply.access() != control::Access::change) {
    return refuse(std::move(reply),
                  Error::runtime(request.command + " changes the daemon: only root and its own user may do that"));
  }
  if (request.command == "log-level") return set_log_level(request.arguments, log_, std::move(reply));
  if (request.command == "reload") {
    reload_requests_.push_back(std::move(reply));
    return actions_.reload();
  }
  actions_.reopen();
  std::move(reply).send(control::answer_line());
}

void ControlCommands::on_reload(const ReloadResult& result) {
  if (!result.failed) taps_.reconfigure(facts_.config_path);
  for (Reply& reply : std::exchange(reload_requests_, {})) {
    control::Json answer{{"reloaded", !result.failed}, {"generation", facts_.generation}};
    if (result.failed) {
      answer["failure"] = facts_.reload_failure;
      answer["exit_status"] = *result.failed;
    }
    answer["problems"] = result.problems;
    std::move(reply).send(control::answer_line(answer));
  }
  relisten_->notify();  // later: the server may be in the call of a handler, and its clients have answers to read
}

void ControlCommands::why(const control::Json& arguments, Reply reply) {
  const std::string text = control::text_argument(arguments, "subject");
  const auto subject = subject_of(text, collector_.config());
  if (!subject) return refuse(std::move(reply), subject.error());
  if (const auto finding = find_cause(*subject, nullptr)) return tell(*finding, std::move(reply));
  if (!survey_) {
    auto started = SurveyRun::start(kSurveyDuration, [this] { survey_done_->notify(); });
    if (!started) return refuse(std::move(reply), started.error());
    survey_ = std::move(*started);
  }
  questions_.push_back({text, std::move(reply)});
}

// The configuration may be another one than when the question was asked.
void ControlCommands::answer_questions() {
  const auto survey = std::exchange(survey_, nullptr);
  if (!survey) return;
  const Surveyed surveyed{survey->wire(), kSurveySpan};
  for (Question& question : std::exchange(questions_, {})) {
    const auto subject = subject_of(question.subject, collector_.config());
    if (subject) {
      tell(*find_cause(*subject, &surveyed), std::move(question.reply));
    } else {
      refuse(std::move(question.reply), subject.error());
    }
  }
}

std::optional<Finding> ControlCommands::find_cause(const Subject& subject, const Surveyed* surveyed) {
  const CollectorView view = collector_.look(kLookWithin);
  return app::find_cause(subject, {view, collector_.config(), facts_.config_path, wall_now()}, surveyed);
}

}  // namespace logsniffd::app
