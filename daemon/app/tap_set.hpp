// The taps of a running daemon: programs that watch records, streams or packets live (docs/control.md).
//
// THREAD  the main thread.
// BOUNDS  kMaxTaps taps, each with a thread of its own and a queue of kQueueBytes, or two of them: LossTaps.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "daemon/app/collector.hpp"
#include "daemon/app/tap_sink.hpp"
#include "daemon/control/server.hpp"
#include "daemon/loop/event_loop.hpp"

namespace logsniffd::app {

class TapSet {
 public:
  static constexpr std::size_t kMaxTaps = 8;
  static constexpr std::uint64_t kQueueBytes = std::uint64_t{4} << 20;

  // Both must outlive this. REQUIRED: the collector was started.
  TapSet(loop::EventLoop& loop, Collector& collector);
  // Gives the programs kFarewell to read what they have not read yet.
  ~TapSet();
  static constexpr Duration kFarewell = std::chrono::seconds(1);

  // Answers the request `tap`, and sends records or events from now on, until the program hangs up.
  void begin(const control::Json& arguments, control::Server::Reply reply, const std::string& config_path);
  // Another configuration is in force.
  void reconfigure(const std::string& config_path);

 private:
  struct Session;

  void end(const Session* session);
  void detach(Session& session);

  loop::EventLoop& loop_;
  Collector& collector_;
  std::vector<std::unique_ptr<Session>> sessions_;
};

}  // namespace logsniffd::app
