#include "daemon/sink/sink_worker.hpp"

#include <algorithm>
#include <numeric>

namespace logsniffd::sink {
namespace {

// After the deadline, an interrupted sink gets this long to count the rest.
constexpr Duration kAbandonGrace = std::chrono::seconds(1);

}  // namespace

std::uint64_t SinkFigures::dropped_sum() const {
  return std::accumulate(dropped.begin(), dropped.end(), std::uint64_t{0});
}

SinkFigures& SinkFigures::operator+=(const SinkFigures& other) {
  add_counters(*this, other);
  return *this;
}

Expected<std::unique_ptr<SinkWorker>> SinkWorker::create(SinkWorkerOptions options, std::unique_ptr<Sink> sink,
                                                         ErrorListener listener) {
  auto interrupt = Interrupt::create();
  if (!interrupt) return fail(std::move(interrupt.error()));
  return std::unique_ptr<SinkWorker>(
      new SinkWorker(std::move(options), std::move(sink), std::move(listener), std::move(*interrupt)));
}

SinkWorker::SinkWorker(SinkWorkerOptions options, std::unique_ptr<Sink> sink, ErrorListener listener,
                       Interrupt interrupt)
    : options_(std::move(options)),
      watch_(options_.wall, options_.replay),
      sink_(std::move(sink)),
      listener_(std::move(listener)),
      interrupt_(std::move(interrupt)) {
  sink_->observe(watch_);
  if (options_.losses != nullptr) sink_->show_losses(*options_.losses, options_.name);
  for (std::size_t i = 0; i < options_.capture_workers; ++i) {
    queues_.push_back(std::make_unique<BatchQueue>(options_.queue_bytes, wakeup_));
  }
}

SinkWorker::~SinkWorker() = default;

Status SinkWorker::open() {
  Status opened = sink_->open_target();
  if (!opened) return fail(std::move(opened.error()).within("sink " + options_.name));
  return {};
}

void SinkWorker::start() {
  sink_->take_over();
  thread_ = std::jthread([this] { run(); });
}

void SinkWorker::request_reopen() {
  reopen_.store(true, std::memory_order_release);  // partner: run()
  wakeup_.wake();
}

bool SinkWorker::wait_finished(Duration at_most) {
  finish_wakeup_.prepare();
  if (!finished_.load(std::memory_order_acquire)) finish_wakeup_.wait(at_most);  // partner: run()
  finish_wakeup_.finish();
  return finished_.load(std::memory_order_acquire);
}

bool SinkWorker::stop(Duration deadline) {
  const bool in_time = wait_finished(deadline);
  if (!in_time) {
    interrupt_.raise();
    (void)wait_finished(kAbandonGrace);
  }
  if (thread_.joinable()) thread_.join();
  return in_time;
}

void SinkWorker::run() {
  heartbeat_.start();
  sink_->start_target(interrupt_);
  settle();
  while (true) {
    heartbeat_.beat();
    if (reopen_.exchange(false, std::memory_order_acq_rel)) {
      sink_->reopen_target();
      settle();
    }
    if (take_round()) continue;
    if (drained()) break;
    Duration rest = sink_->maintain(interrupt_);
    settle();
    if (!errors_.empty()) rest = std::min(rest, *errors_.rest(std::chrono::steady_clock::now()));
    wakeup_.prepare();
    if (nothing_to_do()) wakeup_.wait(rest);
    wakeup_.finish();
  }
  for (const auto& queue : queues_) unreported_.add(DropReason::queue_full, queue->last_loss(), {});
  unreported_.report(*sink_, interrupt_);
  sink_->finish(interrupt_);
  settle();
  report(errors_.take_last());
  finished_.store(true, std::memory_order_release);  // partner: stop()
  finish_wakeup_.wake();
  options_.on_finished();
}

// Takes one batch from each queue: no queue, however full, delays the others or a reopening.
bool SinkWorker::take_round() {
  bool took = false;
  for (const auto& queue : queues_) {
    BatchQueue::Item item;
    if (!queue->take(item)) continue;
    deliver(item);
    queue->release(item);
    took = true;
  }
  return took;
}

void SinkWorker::deliver(const BatchQueue::Item& item) {
  unreported_.add(DropReason::queue_full, item.lost_before, item.object->filter_name(0));
  unreported_.report(*sink_, interrupt_);
  const DroppedSums before = dropped_sums(sink_->counters());
  sink_->deliver(*item.object, options_.index, interrupt_);
  unreported_.add(before, sink_->counters(), *item.object, options_.index);
  taken_.add(item.weight.records);
  settle();
}

// Every record that was taken is accounted for: this thread holds none in between.
void SinkWorker::settle() {
  progress_.publish([this](Progress& published) {
    published.taken = taken_;
    published.sink = sink_->counters();
  });
  if (std::string error = sink_->take_error(); !error.empty()) errors_.add(std::move(error));
  if (!errors_.empty()) report(errors_.take_due(std::chrono::steady_clock::now()));
}

void SinkWorker::report(const std::optional<std::string>& error) {
  if (error) listener_(options_.name, *error);
}

bool SinkWorker::drained() const {
  return std::all_of(queues_.begin(), queues_.end(), [](const auto& queue) { return queue->drained(); });
}

bool SinkWorker::nothing_to_do() const {
  const bool empty = std::all_of(queues_.begin(), queues_.end(), [](const auto& queue) { return queue->empty(); });
  return empty && !drained() && !reopen_.load(std::memory_order_acquire);
}

std::uint64_t SinkWorker::queued_bytes() const {
  return std::accumulate(queues_.begin(), queues_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& queue) { return sum + queue->queued_bytes(); });
}

std::uint64_t SinkWorker::queue_bytes() const { return options_.queue_bytes * queues_.size(); }

SinkFigures SinkWorker::figures() const {
  SinkFigures figures;
  const Progress progress = progress_.read();  // read before the queues: what was taken was accepted before
  SinkTally<std::uint64_t>& tally = figures;
  add_counters(tally, progress.sink);
  for (const auto& queue : queues_) {
    const queue::HandOverCounters queued = queue->counters();
    figures.dropped_for(DropReason::queue_full) += queued.dropped.get();
    figures.queue_share += queued.dropped_share.get();
    figures.queued += queued.accepted.get();
    figures.routed += queued.offered.get();
  }
  figures.queued -= progress.taken.get();
  return figures;
}

}  // namespace logsniffd::sink
