#include "daemon/app/capture_worker.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <future>

#include "daemon/app/wall_clock.hpp"

namespace logsniffd::app {
namespace {

// Packets between two looks at the other duties: few enough to react soon even if each is 64 KiB of short lines, many
// enough to cost nothing.
constexpr std::size_t kReadBudget = 256;
// For the rest of a live source. Reading it takes far less, unless clocks are set back meanwhile.
constexpr Duration kRestDeadline = std::chrono::seconds(10);

}  // namespace

CaptureWorker::CaptureWorker(const CaptureWorkerOptions& options, std::unique_ptr<capture::PacketSource> source,
                             Listener on_finished)
    : options_(options),
      source_(std::move(source)),
      on_finished_(std::move(on_finished)),
      pipeline_(options.pipeline, abandon_),
      observer_(&pipeline_),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!wake_.valid()) std::abort();  // no descriptors left: nothing works then
  if (options.time_lag) set_time_lag(*options.time_lag);
}

CaptureWorker::~CaptureWorker() { stop(); }

void CaptureWorker::configure(std::shared_ptr<const record_path::RoutingPlan> plan,
                              std::vector<record_path::Outlet> outlets) {
  queues_.clear();
  for (const record_path::Outlet& outlet : outlets) queues_.push_back(outlet.queue);
  pipeline_.configure(std::move(plan), std::move(outlets));
}

void CaptureWorker::write_through() {
  pipeline_.publish();
  for (record_path::BatchQueue* queue : queues_) queue->wait_until_taken();
}

void CaptureWorker::start() {
  thread_ = std::jthread([this] { run(); });
}

void CaptureWorker::stop() {
  stop_.store(true, std::memory_order_release);  // partner: run()
  wake();
  if (thread_.joinable()) {
    thread_.join();
  } else {
    close_queues();  // it never ran
  }
}

void CaptureWorker::execute(const std::function<void()>& change) {
  if (!thread_.joinable()) return change();
  std::promise<void> done;
  enqueue([&] {
    change();
    done.set_value();
  });
  done.get_future().wait();
}

bool CaptureWorker::responds(Duration within) {
  const auto answered = std::make_shared<std::promise<void>>();  // shared: the worker may answer after we gave up
  auto answer = answered->get_future();
  enqueue([answered] { answered->set_value(); });
  return answer.wait_for(within) == std::future_status::ready;
}

std::optional<CaptureView> CaptureWorker::look(Duration within) {
  if (!thread_.joinable()) return view();
  const auto seen = std::make_shared<std::promise<CaptureView>>();  // shared: the worker may answer after we gave up
  auto answer = seen->get_future();
  enqueue([this, seen] { seen->set_value(view()); });
  if (answer.wait_for(within) != std::future_status::ready) return std::nullopt;
  return answer.get();
}

// REQUIRED: between two packets.
CaptureView CaptureWorker::view() {
  read_statistics();
  publish_counters();
  hear_clocks();
  return {counters_.read(), source_->interfaces(), pipeline_.filters(), pipeline_.senders()};
}

void CaptureWorker::report_unread(UnreadListener listener) {
  auto take = [this, listener = std::move(listener)] {
    const record_path::UnreadReport report = pipeline_.take_unread();
    if (!report.empty()) listener(report);
  };
  if (!thread_.joinable()) return take();
  enqueue(std::move(take));
}

void CaptureWorker::enqueue(std::function<void()> change) {
  {
    const std::lock_guard lock(changes_mutex_);
    changes_.push_back(std::move(change));
  }
  has_changes_.store(true, std::memory_order_release);  // partner: run()
  wake();
}

void CaptureWorker::set_time_lag(Duration lag) {
  options_.time_lag = lag;
  pipeline_.set_slack(pipeline::kSlack + lag);
}

void CaptureWorker::replace_source(std::unique_ptr<capture::PacketSource> source) {
  const PacketTime now = wall_now();
  PacketSide until(observer(), PacketSide::Side::until, now);
  read_rest(until);
  add_counters(closed_sources_, source_->statistics());
  source_ = std::move(source);
  if (options_.time_lag) after_.emplace(*observer_, PacketSide::Side::after, now);
}

void CaptureWorker::run() {
  while (!stop_.load(std::memory_order_acquire) && read_some()) {
    if (has_changes_.load(std::memory_order_acquire)) run_changes();
  }
  read_rest(observer());
  pipeline_.finish();
  read_statistics();
  publish_counters();
  close_queues();
  on_finished_();
  // Until the worker is stopped for good, changes must still be answered.
  while (!stop_.load(std::memory_order_acquire)) {
    pollfd ready{wake_.get(), POLLIN, 0};
    ::poll(&ready, 1, -1);
    run_changes();
  }
  run_changes();
}

// Returns false when nothing more will come.
bool CaptureWorker::read_some() {
  hear_clocks();
  // If the clock was set back, new packets look old. To have some twice is better than to lose them.
  if (after_ && wall_now() <= after_->moment()) after_.reset();
  const auto status = source_->read(observer(), kReadBudget);
  if (!status) {
    error_ = status.error();
    return false;
  }
  if (pipeline_.done()) return false;
  if (*status == capture::ReadStatus::end) return false;
  const bool idle = *status == capture::ReadStatus::idle;
  // The new source has handed over all that it captured beside the former one.
  if (after_ && idle && wall_now() - after_->moment() > *options_.time_lag) after_.reset();
  if (idle) {
    if (options_.time_lag) {
      pipeline_.idle(wall_now() - *options_.time_lag);
    } else {
      pipeline_.publish();
    }
    read_statistics();
  }
  publish_counters();
  if (idle) sleep();
  return true;
}

// Packets of a replay are unrelated to the machine's clocks.
void CaptureWorker::hear_clocks() {
  if (options_.time_lag) pipeline_.heard(std::chrono::steady_clock::now(), wall_now());
}

void CaptureWorker::sleep() {
  std::array<pollfd, 2> ready{{{wake_.get(), POLLIN, 0}, {source_->wait_fd(), POLLIN, 0}}};
  Duration at_most = source_->wait_limit();
  if (options_.time_lag) {
    at_most = std::min(at_most, pipeline_.idle_within().value_or(at_most));
  }
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
  ::poll(ready.data(), ready.size(), static_cast<int>(std::clamp<std::int64_t>(milliseconds, 1, 3'600'000)));
}

void CaptureWorker::run_changes() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);  // empties it
  has_changes_.store(false, std::memory_order_relaxed);
  std::vector<std::function<void()>> changes;
  {
    const std::lock_guard lock(changes_mutex_);
    changes.swap(changes_);
  }
  for (const auto& change : changes) change();
  publish_counters();
}

// Reads what the kernel holds of a live source at this moment, including its partly filled block, which comes out
// within the time lag; not what is captured meanwhile. The rest of a file is not read.
void CaptureWorker::read_rest(capture::PacketObserver& observer) {
  if (source_->wait_fd() < 0 || error_) return;
  const Duration lag = options_.time_lag.value_or(Duration::zero());
  source_->end_at(wall_now() + lag);
  const auto begun = std::chrono::steady_clock::now();
  while (!pipeline_.done()) {
    hear_clocks();
    const auto status = source_->read(observer, kReadBudget);
    if (!status || *status == capture::ReadStatus::end) return;
    const bool more = *status == capture::ReadStatus::more;
    const Duration left = begun + (more ? kRestDeadline : lag) - std::chrono::steady_clock::now();
    if (left <= Duration::zero()) return;
    if (more) continue;
    pollfd ready{source_->wait_fd(), POLLIN, 0};
    ::poll(&ready, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
  }
}

void CaptureWorker::close_queues() {
  for (record_path::BatchQueue* queue : queues_) queue->close();
}

void CaptureWorker::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);  // fails only when already readable
}

void CaptureWorker::read_statistics() {
  statistics_ = {};
  add_counters(statistics_, closed_sources_);
  add_counters(statistics_, source_->statistics());
}

// REQUIRED: between two packets.
void CaptureWorker::publish_counters() {
  counters_.publish([this](CaptureCounters& published) {
    pipeline_.copy_counters(published.pipeline);
    published.source = statistics_;
  });
}

}  // namespace logsniffd::app
