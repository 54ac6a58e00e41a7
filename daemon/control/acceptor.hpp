// Accepts connections on the main loop, for whoever owns the listening socket.
//
// THREAD  the main thread.
// ERRORS  if the process runs out of descriptors, accepting pauses: the listener would stay readable, and the loop
//         would spin.
#pragma once

#include <functional>
#include <optional>

#include "daemon/base/error.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/loop/event_loop.hpp"

namespace logsniffd::control {

class Acceptor {
 public:
  using Handler = std::function<void(UniqueFd connection)>;

  // Each connection goes to the handler, non-blocking. `loop` must outlive this.
  Acceptor(loop::EventLoop& loop, Handler handler) : loop_(loop), handler_(std::move(handler)) {}

  // REQUIRED: `listener` is non-blocking, and outlives this.
  [[nodiscard]] Status watch(int listener);

 private:
  void accept_some(int listener);
  void pause(int listener);

  loop::EventLoop& loop_;
  Handler handler_;
  std::optional<loop::EventLoop::Source> listening_;  // or the timer of a pause
};

}  // namespace logsniffd::control
