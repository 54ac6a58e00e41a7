// Random schedules over the real writers, queues, pools and sink workers: two producers, sinks that are fast, slow,
// fail or stall, files that rotate, a syslog peer, queues that overflow, sinks that are replaced and reopened
// meanwhile, and an end with or without a deadline. In every schedule, each record is accounted for once, in order, and
// every batch comes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <mutex>

#include "daemon/record_path/batch_writer.hpp"
#include "daemon/sink/file/file_options.hpp"
#include "daemon/sink/file/file_sink.hpp"
#include "daemon/sink/sink_worker.hpp"
#include "daemon/sink/syslog/syslog_sink.hpp"
#include "tests/unit/app/stress.hpp"

namespace logsniffd::app::stress {
namespace {

using namespace std::chrono_literals;
using record_path::Outlet;
using Names = std::shared_ptr<const record::FilterNames>;

constexpr std::size_t kProducers = 2;
constexpr auto kSchedulePatience = 60s;

// What a producer sends to after a change.
struct Target {
  std::shared_ptr<sink::SinkWorker> worker;
  std::array<std::atomic<std::uint64_t>, kProducers> routed{};  // records, as each producer counts them
};
using Targets = std::vector<std::shared_ptr<Target>>;

// Acts as a capture worker: it owns a writer, and changes its outlets between two records.
class Producer {
 public:
  Producer(std::size_t number, std::uint64_t seed, record_path::Overload overload, bool abandon)
      : number_(number), dice_(seed), abandon_(abandon), writer_(overload, 1ms, abandon_) {}

  void start(const Targets& targets, const Names& names) {
    configure(targets, names);
    thread_ = std::jthread([this] { run(); });
  }
  // Runs the change on the producer's thread, between two records. Returns when it is done.
  void change(const Targets& targets, const Names& names) {
    std::promise<void> done;
    {
      const std::lock_guard lock(mutex_);
      change_ = [&] {
        writer_.publish();
        configure(targets, names);
        done.set_value();
      };
      has_change_.store(true, std::memory_order_release);
    }
    done.get_future().wait();
  }
  // Ends when everything is handed over and the queues are closed.
  void stop() {
    stop_.store(true, std::memory_order_release);
    thread_.join();
  }
  void abandon() { abandon_.store(true, std::memory_order_relaxed); }

 private:
  void configure(const Targets& targets, const Names& names) {
    targets_ = targets;
    std::vector<Outlet> outlets;
    for (const auto& target : targets) outlets.push_back({target->worker->index(), &target->worker->queue(number_)});
    writer_.configure(names, std::move(outlets));
  }

  void run() {
    while (!stop_.load(std::memory_order_acquire)) {
      append();
      if (dice_.once_in(700)) writer_.publish();
      if (dice_.once_in(3000)) std::this_thread::sleep_for(std::chrono::microseconds(dice_.below(500)));
      if (dice_.once_in(100)) writer_.publish_if_old(now_);
      if (has_change_.load(std::memory_order_acquire)) run_change();
    }
    if (has_change_.load(std::memory_order_acquire)) run_change();
    writer_.publish();
    for (const auto& target : targets_) target->worker->queue(number_).close();
  }

  // Appends one record for some of the targets, and sometimes for the others too, under another filter.
  void append() {
    record::SinkMask first = 0;
    record::SinkMask second = 0;
    for (const auto& target : targets_) {
      const record::SinkMask bit = record::SinkMask{1} << target->worker->index();
      const std::uint64_t roll = dice_.below(8);
      if (roll < 5) first |= bit;
      if (roll == 5) second |= bit;
      if (roll <= 5) target->routed[number_].fetch_add(1, std::memory_order_relaxed);
    }
    if ((first | second) == 0) return;
    tell_number(text_, static_cast<unsigned>(number_), serial_++, 20 + dice_.below(200));
    record::LogRecord record;
    record.captured_at = now_ += 1us;
    record.interface = "eth0";
    record.message = text_;
    if (dice_.once_in(4)) record.host = "host";
    std::vector<filter::Route> routes;
    if (first != 0) routes.push_back({0, first});
    if (second != 0) routes.push_back({1, second});
    writer_.append(record, routes, now_);
  }

  void run_change() {
    const std::lock_guard lock(mutex_);
    has_change_.store(false, std::memory_order_relaxed);
    std::exchange(change_, {})();
  }

  std::size_t number_;
  Dice dice_;
  std::atomic<bool> abandon_;
  record_path::BatchWriter writer_;
  Targets targets_;
  std::string text_;
  std::uint64_t serial_ = 0;
  PacketTime now_{1'700'000'000s};
  std::atomic<bool> stop_{false};
  std::atomic<bool> has_change_{false};
  std::mutex mutex_;  // guards change_
  std::function<void()> change_;
  std::jthread thread_;
};

// A sink of some kind, and what it can report at the end.
struct Case {
  std::string kind;
  std::shared_ptr<Target> target;
  const MisbehavingSink* misbehaving = nullptr;
  std::string folder;                        // of a file sink
  std::unique_ptr<SyslogReceiver> receiver;  // of a syslog sink
  bool in_time = true;
};

class Schedule {
 public:
  explicit Schedule(std::uint64_t seed) : dice_(seed), stalls_(dice_.once_in(3)), names_{new_names()} {
    for (std::size_t i = 0; i < 2 + dice_.below(4); ++i) add();
    for (std::size_t i = 0; i < kProducers; ++i) {
      const auto overload = dice_.once_in(2) ? record_path::Overload::drop : record_path::Overload::wait;
      producers_.push_back(std::make_unique<Producer>(i, seed * kProducers + i, overload, stalls_));
    }
    for (const auto& producer : producers_) producer->start(targets(), names_.back());
  }

  void run() {
    for (std::size_t step = 0; step < 12; ++step) {
      std::this_thread::sleep_for(std::chrono::microseconds(dice_.below(6000)));
      switch (dice_.below(4)) {
        case 0:
          replace();
          break;
        case 1:
          running_[dice_.below(running_.size())]->target->worker->request_reopen();
          break;
        default:
          break;
      }
    }
    stop();
    check();
  }

 private:
  static Names new_names() {
    return std::make_shared<const record::FilterNames>(record::FilterNames{"first", "second"});
  }

  [[nodiscard]] Targets targets() const {
    Targets all;
    for (const auto& one : running_) all.push_back(one->target);
    return all;
  }

  [[nodiscard]] unsigned free_index() const {
    record::SinkMask used = 0;
    for (const auto& one : running_) used |= record::SinkMask{1} << one->target->worker->index();
    unsigned index = static_cast<unsigned>(dice_.below(record::kMaxSinks));
    while ((used >> index & 1) != 0) index = (index + 1) % record::kMaxSinks;
    return index;
  }

  // Starts another sink.
  void add() {
    auto made = std::make_unique<Case>();
    std::unique_ptr<sink::Sink> sink = make_sink(*made);
    sink::SinkWorkerOptions options;
    options.name = made->kind;
    options.index = free_index();
    options.queue_bytes = 1 + dice_.below(1 << (10 + dice_.below(11)));
    options.capture_workers = kProducers;
    auto worker = sink::SinkWorker::create(options, std::move(sink), [](const std::string&, const std::string&) {});
    ASSERT_TRUE(worker);
    made->target = std::make_shared<Target>();
    made->target->worker = std::move(*worker);
    ASSERT_TRUE(made->target->worker->open());
    made->target->worker->start();
    running_.push_back(std::move(made));
  }

  std::unique_ptr<sink::Sink> make_sink(Case& made) {
    const std::uint64_t kind = dice_.below(stalls_ ? 6 : 5);
    if (kind == 3) {
      made.kind = "file";
      made.folder = directory_.path(std::to_string(running_.size() + gone_.size()));
      std::filesystem::create_directory(made.folder);
      sink::file::FileSinkOptions options{made.folder + "/out.log", "{message}"};
      options.rotation = sink::file::RotationOptions{64 * 1024 + dice_.below(1 << 20), {}, {100'000, {}, {}}};
      return std::move(*sink::file::make_file_sink(options));
    }
    if (kind == 4) {
      made.kind = "syslog";
      made.receiver = std::make_unique<SyslogReceiver>();
      sink::syslog::SyslogSinkOptions options;
      options.target = made.receiver->target();
      return std::move(*sink::syslog::make_syslog_sink(options));
    }
    constexpr std::array<std::pair<const char*, Manner>, 6> kManners{{{"fast", Manner::fast},
                                                                      {"slow", Manner::slow},
                                                                      {"failing", Manner::failing},
                                                                      {},
                                                                      {},
                                                                      {"stalled", Manner::stalled}}};
    made.kind = kManners[kind].first;
    auto sink = std::make_unique<MisbehavingSink>(kManners[kind].second, dice_.below(1'000'000));
    made.misbehaving = sink.get();
    return sink;
  }

  // Replaces a sink as a reload does: the new sink first, then the producers change over, then the old sink writes
  // what it holds.
  void replace() {
    const std::size_t out = dice_.below(running_.size());
    std::unique_ptr<Case> old = std::move(running_[out]);
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(out));
    running_.push_back(std::move(old));  // free_index() must still see it
    add();
    old = std::move(running_[running_.size() - 2]);
    running_.erase(running_.end() - 2);
    names_.push_back(new_names());
    for (const auto& producer : producers_) producer->change(targets(), names_.back());
    for (std::size_t i = 0; i < kProducers; ++i) old->target->worker->queue(i).close();
    retire(std::move(old));
  }

  void retire(std::unique_ptr<Case> old) {
    const Duration deadline = old->kind == "stalled" ? Duration(1ms)
                              : dice_.once_in(3)     ? Duration(0)
                                                     : kSchedulePatience;
    old->in_time = old->target->worker->stop(deadline);
    gone_.push_back(std::move(old));
  }

  void stop() {
    if (dice_.once_in(2)) {
      for (const auto& producer : producers_) producer->abandon();
    }
    for (const auto& producer : producers_) producer->stop();
    while (!running_.empty()) {
      retire(std::move(running_.back()));
      running_.pop_back();
    }
    producers_.clear();
  }

  void check() {
    for (const auto& one : gone_) check(*one);
    gone_.clear();
    // A batch keeps the names of its filters. All batches are back, and were destroyed with their pools.
    for (const Names& names : names_) EXPECT_EQ(names.use_count(), 1) << "a batch leaked";
  }

  static void check(Case& one) {
    SCOPED_TRACE(one.kind + (one.in_time ? "" : ", not in time"));
    const sink::SinkWorker& worker = *one.target->worker;
    const sink::SinkFigures figures = worker.figures();
    std::uint64_t routed = 0;
    for (const auto& count : one.target->routed) routed += count.load();
    EXPECT_EQ(figures.routed, routed);
    EXPECT_EQ(figures.routed, figures.written + figures.dropped_sum());
    EXPECT_EQ(figures.queued, 0);
    const auto dropped = [&](sink::DropReason reason) { return figures.dropped[static_cast<std::size_t>(reason)]; };
    const std::uint64_t queue_full = dropped(sink::DropReason::queue_full);
    for (std::size_t i = 0; i < kProducers; ++i) {
      EXPECT_EQ(one.target->worker->queue(i).queued_bytes(), 0);
    }
    if (one.in_time && one.kind != "failing") {
      EXPECT_EQ(figures.dropped_sum(), queue_full);
    }
    if (one.misbehaving != nullptr) {
      EXPECT_EQ(one.misbehaving->arrivals().count(), routed - queue_full);
      EXPECT_EQ(one.misbehaving->arrivals().disordered(), 0);
      EXPECT_EQ(one.misbehaving->reported_lost(), figures.dropped_sum());
    }
    if (!one.folder.empty()) {
      const Written written = read_folder(one.folder);
      EXPECT_EQ(written.records, figures.written);
      EXPECT_EQ(written.disordered, 0);
      EXPECT_EQ(written.twice, 0);
      if (one.in_time) {
        EXPECT_EQ(written.reported_lost, figures.dropped_sum());
      }
    }
    if (one.receiver) {
      one.target->worker.reset();  // closes its connection
      one.receiver->stop();
      EXPECT_EQ(one.receiver->arrivals().disordered(), 0);
      if (one.in_time) {
        EXPECT_EQ(one.receiver->arrivals().count(), figures.written);
        EXPECT_EQ(one.receiver->reported_lost(), figures.dropped_sum());
      }
    }
  }

  mutable Dice dice_;
  bool stalls_;
  test::TempDirectory directory_;
  std::vector<Names> names_;
  std::vector<std::unique_ptr<Case>> running_;
  std::vector<std::unique_ptr<Case>> gone_;
  std::vector<std::unique_ptr<Producer>> producers_;
};

TEST(SinksStress, RandomSchedules_EveryRecordOnceAndInOrderAndNoBatchLeaks) {
  for_each_seed(25, [](std::uint64_t seed) { Schedule(seed).run(); });
}

}  // namespace
}  // namespace logsniffd::app::stress
