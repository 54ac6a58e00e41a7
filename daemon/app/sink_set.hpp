// The running sinks: each with its worker and its bit in record::SinkSet. Knows which of them a new
// configuration keeps.
//
// THREAD  the main thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/model.hpp"
#include "daemon/app/ledger.hpp"
#include "daemon/app/wiring.hpp"
#include "daemon/sink/sink_worker.hpp"

namespace logsniffd::app {

// A sink that has not written everything that it holds, while everything else waits for it to end.
struct LateSink {
  std::string name;
  std::string target;     // in words
  std::uint64_t records;  // in its queue; 0: the target has not confirmed what it was sent
  Duration left;          // until it is given up
};
// "sink app (tcp://192.0.2.1:601): 1284 records left, 17 s left".
[[nodiscard]] std::string describe(const LateSink& late);

// A sink of the running configuration, for people.
struct SinkView {
  std::string name;
  std::string type;    // its word in the configuration
  std::string target;  // in words
  bool waits = false;  // until sinks of the former configuration have left
  std::uint64_t queued_bytes = 0;
  std::uint64_t queue_bytes = 0;  // the ceiling
  sink::SinkHealth health;
  sink::LatencySummary latency;
  sink::CumulativeLatency latency_buckets;  // by metrics::latency_bounds()
  std::optional<PacketTime> last_write;
};

class SinkSet {
  struct Member {
    config::Sink config;
    std::unique_ptr<sink::SinkWorker> worker;
    bool started = false;
  };
  using Members = std::vector<std::unique_ptr<Member>>;

 public:
  using ErrorListener = sink::SinkWorker::ErrorListener;
  using LateListener = std::function<void(const LateSink&)>;
  // Sinks usually end within kSoon; a slower one is reported then, and again every kTellAgain.
  static constexpr Duration kSoon = std::chrono::milliseconds(250);
  static constexpr Duration kTellAgain = std::chrono::seconds(1);
  // The time that leaving sinks have to write what they hold. Then they are interrupted: see interrupt_leaving().
  static constexpr Duration kLeaveDeadline = std::chrono::seconds(5);

  // The sinks of another configuration: the kept ones, which are not touched, and the new ones, which it owns. Its
  // destructor closes everything that it opened, and the set is as before. REQUIRED: it does not outlive its set, and
  // no other Transition is committed before it.
  class Transition {
   public:
    // Opens the targets of the new sinks. An unreachable syslog or journald socket is not a failure: it is reported to
    // the listener, and the sink keeps trying. A sink with a spool fails only if the spool cannot be used; it reports
    // an unavailable target itself.
    [[nodiscard]] Status open();
    // These cover all of its sinks. The queues live as long as the sinks.
    [[nodiscard]] SinkIndex index() const;
    [[nodiscard]] std::vector<record_path::Outlet> outlets() const;

   private:
    friend class SinkSet;
    explicit Transition(ErrorListener listener) : listener_(std::move(listener)) {}
    [[nodiscard]] std::vector<const Member*> members() const;

    ErrorListener listener_;
    std::vector<Member*> kept_;  // of SinkSet::running_
    Members fresh_;
  };

  // `output`: see make_sink(). `on_ended` is called on a sink's own thread when the sink has written everything: then
  // retire() has something to do, on the main thread. `replay`: see SinkWorkerOptions. `make`: in place of
  // make_sink(). `losses`: see SinkWorkerOptions.
  SinkSet(std::string output, ErrorListener listener, std::function<void()> on_ended = nothing, bool replay = false,
          SinkMaker make = {}, sink::LossObserver* losses = nullptr)
      : output_(std::move(output)),
        listener_(std::move(listener)),
        on_ended_(std::move(on_ended)),
        replay_(replay),
        make_(std::move(make)),
        losses_(losses) {}

  // Makes the sinks of `wanted` that do not already run in exactly that form. Touches no target. REQUIRED: settled().
  [[nodiscard]] Expected<Transition> prepare(const std::vector<config::Sink>& wanted) const;
  // From now on the sinks of `next` are those of this set. All others leave: their queues are closed, and they write
  // what they hold. New ones begin to write when these have left: an old and a new sink may share a target, which gets
  // its records in order and is rotated by only one of them. REQUIRED: no capture worker refers to the leaving sinks.
  void commit(Transition next);
  // Whether no sink is leaving.
  [[nodiscard]] bool settled() const { return leaving_.empty(); }
  // Releases the sinks that have left, and keeps their figures; returns whether the set has settled. Never waits.
  bool retire();
  // Makes the leaving sinks end immediately, which on_ended reports: what they hold is counted as dropped (shutdown),
  // or waits in their spools.
  void interrupt_leaving();
  // Waits until all sinks have written what they hold, first for the leaving ones, up to kLeaveDeadline. Calls
  // `on_late` for each sink that it still waits for. REQUIRED: all queues are closed. Returns false if anything had to
  // be abandoned.
  bool stop(Duration deadline, const LateListener& on_late = {});

  void reopen();
  // The names of the sinks whose workers hung since the last call (Heartbeat).
  [[nodiscard]] std::vector<std::string> hanging();
  // Figures by name: a redefined sink continues to count where the former one stopped.
  [[nodiscard]] std::vector<NamedSinkFigures> figures() const;
  // In the order of the configuration.
  [[nodiscard]] std::vector<SinkView> views() const;

 private:
  static void nothing() {}
  [[nodiscard]] Expected<std::unique_ptr<Member>> make(const config::Sink& config, unsigned index) const;
  [[nodiscard]] Member* find_running(const config::Sink& config) const;
  [[nodiscard]] unsigned free_index(const Members& fresh) const;
  void start();
  [[nodiscard]] bool end(const Members& members, SteadyTime until, const LateListener& on_late) const;
  [[nodiscard]] std::vector<Member*> await(const Members& members, SteadyTime until, const LateListener& on_late) const;

  std::string output_;
  ErrorListener listener_;
  std::function<void()> on_ended_;
  bool replay_;
  SinkMaker make_;
  sink::LossObserver* losses_;
  Members running_;  // not started while others leave
  Members leaving_;
  std::map<std::string, sink::SinkFigures> retired_;
};

}  // namespace logsniffd::app
