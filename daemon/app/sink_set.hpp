// The sinks that run: each with its worker and its bit in record::SinkSet. Knows which of them a new configuration
// keeps.
//
// THREAD  the main thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/model.hpp"
#include "daemon/app/ledger.hpp"
#include "daemon/app/wiring.hpp"
#include "daemon/sink/sink_worker.hpp"

namespace logsniffd::app {

// A sink that has not written all that it holds, while everything else waits for it to end.
struct LateSink {
  std::string name;
  std::string target;     // in words
  std::uint64_t records;  // in its queue; 0: the target has not confirmed what it was sent
  Duration left;          // until it is given up
};
// "sink app (tcp://192.0.2.1:601): 1284 records left, 17 s left".
[[nodiscard]] std::string describe(const LateSink& late);

class SinkSet {
 public:
  using ErrorListener = sink::SinkWorker::ErrorListener;
  using LateListener = std::function<void(const LateSink&)>;
  // Sinks usually end within kSoon; what takes longer is told of then, and again every kTellAgain.
  static constexpr Duration kSoon = std::chrono::milliseconds(250);
  static constexpr Duration kTellAgain = std::chrono::seconds(1);

  // `output`: see make_sink().
  SinkSet(std::string output, ErrorListener listener) : output_(std::move(output)), listener_(std::move(listener)) {}

  // Makes the sinks of `wanted` that do not run yet in just that form; those that do are kept. Touches no target.
  [[nodiscard]] Status prepare(const std::vector<config::Sink>& wanted);
  // Opens the targets of what was prepared; what runs is not affected where one cannot be opened. A syslog or journald
  // socket that is away is no failure: the listener is told, and the sink keeps trying. Nor is anything that a sink
  // with a spool can do without: it tells by itself.
  [[nodiscard]] Status open();
  // What is prepared takes records from now on; the sinks that are wanted no longer are set aside for retire(). New
  // ones begin to write when these have left: both may have one target, which gets its records in order and is rotated
  // by one.
  void commit();
  // What was prepared is forgotten, as if nobody had asked.
  void discard();
  // Closes the queues of the sinks set aside, waits for all to write what they hold, and keeps their figures.
  // REQUIRED: no capture worker refers to them any more.
  void retire(Duration deadline);
  // Waits for all to write what they hold; `on_late` is called for each that it still waits for. REQUIRED: all queues
  // are closed. False where something had to be abandoned.
  bool stop(Duration deadline, const LateListener& on_late = {});

  void reopen();
  // Of what is prepared, and where nothing is, of what runs.
  [[nodiscard]] SinkIndex index() const;
  [[nodiscard]] std::vector<record_path::Outlet> outlets() const;
  // By name: a sink that was redefined goes on counting where the former one stopped.
  [[nodiscard]] std::vector<NamedSinkFigures> figures() const;

 private:
  struct Member {
    config::Sink config;
    std::unique_ptr<sink::SinkWorker> worker;
    bool started = false;
  };
  using Members = std::vector<std::unique_ptr<Member>>;

  [[nodiscard]] Expected<std::unique_ptr<Member>> make(const config::Sink& config, unsigned index);
  [[nodiscard]] Member* find_running(const config::Sink& config) const;
  [[nodiscard]] std::vector<Member*> next() const;
  [[nodiscard]] unsigned free_index() const;
  void start();
  [[nodiscard]] std::vector<Member*> await(SteadyTime until, const LateListener& on_late) const;

  std::string output_;
  ErrorListener listener_;
  Members running_;
  Members leaving_;        // not wanted any more, not retired yet
  bool prepared_ = false;  // the two below say what will run
  Members fresh_;
  std::vector<Member*> kept_;  // of running_
  std::map<std::string, sink::SinkFigures> retired_;
};

}  // namespace logsniffd::app
