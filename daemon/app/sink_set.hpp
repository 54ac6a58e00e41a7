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

class SinkSet {
 public:
  using ErrorListener = sink::SinkWorker::ErrorListener;

  // `output`: see make_sink().
  SinkSet(std::string output, ErrorListener listener) : output_(std::move(output)), listener_(std::move(listener)) {}

  // Makes the sinks of `wanted` that do not run yet in just that form; those that do are kept. Touches no target.
  [[nodiscard]] Status prepare(const std::vector<config::Sink>& wanted);
  // Opens the targets of what was prepared; what runs is not affected where one cannot be opened.
  [[nodiscard]] Status open();
  // What is prepared runs from now on; the sinks that are wanted no longer are set aside for retire().
  void commit();
  // Closes the queues of the sinks set aside, waits for them to write what they hold, and keeps their figures.
  // REQUIRED: no capture worker refers to them any more.
  void retire(Duration deadline);
  // Waits for all to write what they hold. REQUIRED: all queues are closed. False where something had to be abandoned.
  bool stop(Duration deadline);

  void reopen();
  // Of what is prepared, and without it of what runs.
  [[nodiscard]] SinkIndex index() const;
  [[nodiscard]] std::vector<pipeline::Outlet> outlets() const;
  [[nodiscard]] std::vector<NamedSinkFigures> figures() const;

 private:
  struct Running {
    config::Sink config;
    std::unique_ptr<sink::SinkWorker> worker;
    bool started = false;
  };

  [[nodiscard]] Expected<Running> make(const config::Sink& config, unsigned index);
  [[nodiscard]] unsigned free_index() const;

  std::string output_;
  ErrorListener listener_;
  std::vector<Running> running_;
  std::vector<Running> fresh_;     // prepared, not committed
  std::vector<std::string> kept_;  // names of running ones that stay
  std::vector<Running> leaving_;
  std::vector<NamedSinkFigures> retired_;  // of sinks that are gone
};

}  // namespace logsniffd::app
