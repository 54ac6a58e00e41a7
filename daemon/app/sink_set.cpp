#include "daemon/app/sink_set.hpp"

#include <algorithm>
#include <bit>

namespace logsniffd::app {
namespace {

// The place in the file does not make a sink another one.
bool same(const config::Sink& a, const config::Sink& b) {
  return a.name == b.name && a.type == b.type && a.format == b.format && a.path == b.path && a.mode == b.mode &&
         a.target == b.target && a.protocol == b.protocol && a.identifier == b.identifier && a.queue == b.queue;
}

}  // namespace

Status SinkSet::prepare(const std::vector<config::Sink>& wanted) {
  fresh_.clear();
  kept_.clear();
  for (const config::Sink& sink : wanted) {
    const bool runs =
        std::any_of(running_.begin(), running_.end(), [&](const Running& r) { return same(r.config, sink); });
    if (runs) {
      kept_.push_back(sink.name);
      continue;
    }
    auto made = make(sink, free_index());
    if (!made) {
      fresh_.clear();
      kept_.clear();
      return fail(std::move(made.error()));
    }
    fresh_.push_back(std::move(*made));
  }
  return {};
}

Status SinkSet::open() {
  for (const Running& running : fresh_) {
    if (Status opened = running.worker->open(); !opened) return opened;
  }
  return {};
}

void SinkSet::commit() {
  std::vector<Running> next;
  for (Running& running : running_) {
    const bool stays = std::find(kept_.begin(), kept_.end(), running.config.name) != kept_.end();
    (stays ? next : leaving_).push_back(std::move(running));
  }
  for (Running& running : fresh_) next.push_back(std::move(running));
  fresh_.clear();
  kept_.clear();
  running_ = std::move(next);
  for (Running& running : running_) {
    if (!std::exchange(running.started, true)) running.worker->start();
  }
}

void SinkSet::retire(Duration deadline) {
  for (const Running& running : leaving_) {
    running.worker->queue(0).close();
    running.worker->stop(deadline);
    retired_.push_back({running.config.name, running.worker->figures()});
  }
  leaving_.clear();
}

bool SinkSet::stop(Duration deadline) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  bool all_in_time = true;
  for (const Running& running : running_) {
    if (!running.started) continue;
    const Duration left = std::max<Duration>(Duration::zero(), until - std::chrono::steady_clock::now());
    all_in_time = running.worker->stop(left) && all_in_time;
  }
  return all_in_time;
}

void SinkSet::reopen() {
  for (const Running& running : running_) running.worker->request_reopen();
}

SinkIndex SinkSet::index() const {
  SinkIndex index;
  const bool preparing = !fresh_.empty() || !kept_.empty();
  for (const Running& running : running_) {
    const bool stays = !preparing || std::find(kept_.begin(), kept_.end(), running.config.name) != kept_.end();
    if (stays) index[running.config.name] = running.worker->index();
  }
  for (const Running& running : fresh_) index[running.config.name] = running.worker->index();
  return index;
}

std::vector<pipeline::Outlet> SinkSet::outlets() const {
  std::vector<pipeline::Outlet> outlets;
  for (const Running& running : running_) outlets.push_back({running.worker->index(), &running.worker->queue(0)});
  return outlets;
}

std::vector<NamedSinkFigures> SinkSet::figures() const {
  std::vector<NamedSinkFigures> figures = retired_;
  for (const auto* sinks : {&leaving_, &running_}) {
    for (const Running& running : *sinks) figures.push_back({running.config.name, running.worker->figures()});
  }
  return figures;
}

Expected<SinkSet::Running> SinkSet::make(const config::Sink& config, unsigned index) {
  auto sink = make_sink(config, output_);
  if (!sink) return fail(std::move(sink.error()).within("sink " + config.name));
  sink::SinkWorkerOptions options;
  options.name = config.name;
  options.index = index;
  options.queue_bytes = config.queue;
  auto worker = sink::SinkWorker::create(options, std::move(*sink), listener_);
  if (!worker) return fail(std::move(worker.error()));
  return Running{config, std::move(*worker)};
}

unsigned SinkSet::free_index() const {
  record::SinkSet used = 0;
  for (const auto* sinks : {&running_, &fresh_, &leaving_}) {
    for (const Running& running : *sinks) used |= record::SinkSet{1} << running.worker->index();
  }
  // A reload may need room for as many new sinks as old ones; the configuration is held to half of what there is.
  return static_cast<unsigned>(std::countr_one(used));
}

}  // namespace logsniffd::app
