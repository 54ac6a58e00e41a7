#include "daemon/app/sink_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <iterator>
#include <utility>

#include "daemon/app/deadline.hpp"
#include "daemon/metrics/figures.hpp"

namespace logsniffd::app {
namespace {

// Adds the figures of the sink that comes after `former` under the same name. Records that `former` left in its spool
// are not counted again when the next sink recovers them.
void succeed(sink::SinkFigures& former, sink::SinkFigures next) {
  const std::uint64_t handed_over = std::min(former.spooled, next.recovered);
  former.spooled -= handed_over;
  next.recovered -= handed_over;
  former += next;
}

// What a target is called in messages.
std::string in_words(const config::FileTarget& file, const std::string&) { return file.path; }
std::string in_words(const config::SyslogTarget& syslog, const std::string&) { return syslog.to; }
std::string in_words(const config::JournaldTarget&, const std::string&) { return "journald"; }
std::string in_words(const config::StandardOutputTarget&, const std::string& output) {
  return output.empty() ? "standard output" : output;
}

constexpr std::string_view type_of(const config::FileTarget&) { return "file"; }
constexpr std::string_view type_of(const config::SyslogTarget&) { return "syslog"; }
constexpr std::string_view type_of(const config::JournaldTarget&) { return "journald"; }
constexpr std::string_view type_of(const config::StandardOutputTarget&) { return "stdout"; }

// Whether a target is a service, which comes back: its sink connects again by itself. A path that cannot be written
// stays that way.
constexpr bool comes_back(const config::FileTarget&) { return false; }
constexpr bool comes_back(const config::SyslogTarget&) { return true; }
constexpr bool comes_back(const config::JournaldTarget&) { return true; }
constexpr bool comes_back(const config::StandardOutputTarget&) { return false; }

}  // namespace

std::string describe(const LateSink& late) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(late.left).count();
  if (late.records == 0) {
    return fmt::format("sink {} ({}): the target has not acknowledged everything that it was sent, {} s left",
                       late.name, late.target, seconds);
  }
  return fmt::format("sink {} ({}): {} record{} left, {} s left", late.name, late.target, late.records,
                     late.records == 1 ? "" : "s", seconds);
}

Expected<SinkSet::Transition> SinkSet::prepare(const std::vector<config::Sink>& wanted) const {
  assert(settled());
  Transition next(listener_);
  for (const config::Sink& sink : wanted) {
    if (Member* const running = find_running(sink)) {
      next.kept_.push_back(running);
      continue;
    }
    auto made = make(sink, free_index(next.fresh_));
    if (!made) return fail(std::move(made.error()));
    next.fresh_.push_back(std::move(*made));
  }
  return next;
}

Status SinkSet::Transition::open() {
  for (const auto& member : fresh_) {
    Status opened = member->worker->open();
    if (opened) continue;
    // A sink with a spool reports an unavailable target itself. It fails only if the spool cannot be used.
    if (member->config.spool) return opened;
    if (!std::visit([](const auto& target) { return comes_back(target); }, member->config.target)) return opened;
    listener_(member->config.name, opened.error().message());
  }
  return {};
}

std::vector<const SinkSet::Member*> SinkSet::Transition::members() const {
  std::vector<const Member*> members(kept_.begin(), kept_.end());
  for (const auto& member : fresh_) members.push_back(member.get());
  return members;
}

SinkIndex SinkSet::Transition::index() const {
  SinkIndex index;
  for (const Member* member : members()) index[member->config.name] = member->worker->index();
  return index;
}

std::vector<record_path::Outlet> SinkSet::Transition::outlets() const {
  std::vector<record_path::Outlet> outlets;
  for (const Member* member : members()) {
    outlets.push_back({member->worker->index(), &member->worker->queue(0), member->config.name});
  }
  return outlets;
}

void SinkSet::commit(Transition next) {
  Members members;
  for (auto& member : running_) {
    const bool stays = std::find(next.kept_.begin(), next.kept_.end(), member.get()) != next.kept_.end();
    (stays ? members : leaving_).push_back(std::move(member));
  }
  std::move(next.fresh_.begin(), next.fresh_.end(), std::back_inserter(members));
  running_ = std::move(members);
  for (const auto& member : leaving_) member->worker->queue(0).close();
  if (settled()) start();
}

void SinkSet::start() {
  for (const auto& member : running_) {
    if (!std::exchange(member->started, true)) member->worker->start();
  }
}

bool SinkSet::retire() {
  std::erase_if(leaving_, [this](const auto& member) {
    if (!member->worker->wait_finished(Duration::zero())) return false;
    member->worker->stop(Duration::zero());
    sink::SinkFigures left = member->worker->figures();
    left.spool_bytes = 0;  // a gauge that the next sink reports
    succeed(retired_[member->config.name], left);
    return true;
  });
  if (settled()) start();  // not before: they may want the spools of those that have left
  return settled();
}

void SinkSet::interrupt_leaving() {
  for (const auto& member : leaving_) member->worker->interrupt();
}

// Returns the members that have not ended by `until`.
std::vector<SinkSet::Member*> SinkSet::await(const Members& members, SteadyTime until,
                                             const LateListener& on_late) const {
  std::vector<Member*> late;
  for (const auto& member : members) late.push_back(member.get());
  SteadyTime tell_at = std::chrono::steady_clock::now() + kSoon;
  while (true) {
    std::erase_if(late, [](Member* member) { return member->worker->wait_finished(Duration::zero()); });
    const SteadyTime now = std::chrono::steady_clock::now();
    if (late.empty()) return late;
    if (now >= tell_at && on_late) {
      tell_at = now + kTellAgain;
      for (const Member* member : late) {
        std::string target =
            std::visit([this](const auto& known) { return in_words(known, output_); }, member->config.target);
        on_late({member->config.name, std::move(target), member->worker->figures().queued, left_until(until)});
      }
    }
    if (now >= until) return late;
    (void)late.front()->worker->wait_finished((on_late ? std::min(tell_at, until) : until) - now);
  }
}

// Returns false if any had to be interrupted.
bool SinkSet::end(const Members& members, SteadyTime until, const LateListener& on_late) const {
  const std::vector<Member*> late = await(members, until, on_late);
  for (const Member* member : late) member->worker->interrupt();  // all at the same time, not one after the other
  for (const auto& member : members) member->worker->stop(Duration::zero());
  return late.empty();
}

bool SinkSet::stop(Duration deadline, const LateListener& on_late) {
  const auto now = std::chrono::steady_clock::now();
  const bool left = end(leaving_, now + std::min(deadline, kLeaveDeadline), on_late);
  retire();  // sinks that waited for others to leave have a queue to write
  return end(running_, now + deadline, on_late) && left;
}

std::vector<std::string> SinkSet::hanging() {
  std::vector<std::string> names;
  for (const Members* members : {&running_, &leaving_}) {
    for (const auto& member : *members) {
      if (member->worker->hangs()) names.push_back(member->worker->name());
    }
  }
  return names;
}

void SinkSet::reopen() {
  for (const Members* members : {&leaving_, &running_}) {
    for (const auto& member : *members) member->worker->request_reopen();
  }
}

std::vector<NamedSinkFigures> SinkSet::figures() const {
  std::map<std::string, sink::SinkFigures> by_name = retired_;
  for (const Members* members : {&leaving_, &running_}) {
    for (const auto& member : *members) succeed(by_name[member->config.name], member->worker->figures());
  }
  std::vector<NamedSinkFigures> figures;
  figures.reserve(by_name.size());
  for (auto& [name, sum] : by_name) figures.push_back({name, sum});
  return figures;
}

std::vector<SinkView> SinkSet::views() const {
  std::vector<SinkView> views;
  for (const auto& member : running_) {
    const config::SinkTarget& target = member->config.target;
    const sink::SinkWorker& worker = *member->worker;
    views.push_back({.name = member->config.name,
                     .type = std::string(std::visit([](const auto& known) { return type_of(known); }, target)),
                     .target = std::visit([this](const auto& known) { return in_words(known, output_); }, target),
                     .waits = !member->started,
                     .queued_bytes = worker.queued_bytes(),
                     .queue_bytes = worker.queue_bytes(),
                     .health = worker.health(),
                     .latency = worker.latency(),
                     .latency_buckets = worker.latencies().cumulative(metrics::latency_bounds()),
                     .last_write = worker.last_write()});
  }
  return views;
}

Expected<std::unique_ptr<SinkSet::Member>> SinkSet::make(const config::Sink& config, unsigned index) const {
  auto sink = make_ ? make_(config) : make_sink(config, output_);
  if (!sink) return fail(std::move(sink.error()).within("sink " + config.name));
  sink::SinkWorkerOptions options;
  options.name = config.name;
  options.index = index;
  options.queue_bytes = config.queue;
  options.losses = losses_;
  options.replay = replay_;
  options.on_finished = on_ended_;
  auto worker = sink::SinkWorker::create(options, std::move(*sink), listener_);
  if (!worker) return fail(std::move(worker.error()));
  return std::make_unique<Member>(Member{config, std::move(*worker)});
}

SinkSet::Member* SinkSet::find_running(const config::Sink& config) const {
  const auto found =
      std::find_if(running_.begin(), running_.end(), [&](const auto& member) { return member->config == config; });
  return found == running_.end() ? nullptr : found->get();
}

unsigned SinkSet::free_index(const Members& fresh) const {
  record::SinkMask used = 0;
  for (const Members* members : {&running_, &fresh}) {
    for (const auto& member : *members) used |= record::SinkMask{1} << member->worker->index();
  }
  // A reload may need room for as many new sinks as old ones; the configuration may use only half of the bits.
  return static_cast<unsigned>(std::countr_one(used));
}

}  // namespace logsniffd::app
