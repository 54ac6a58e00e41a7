// The main thread's loop (sd-event): signals, timers, wake-ups of other threads, the systemd watchdog.
//
// THREAD  everything on the main thread, except post().
#pragma once

#include <functional>
#include <memory>

#include "daemon/base/error.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::app {

// Blocks the signals that the loop handles, in this thread and in all that it starts. REQUIRED: called first thing in
// main, before any other thread: an early SIGHUP would end the process, and systemd would take that for a clean end.
void block_handled_signals();

class EventLoop {
 public:
  using Handler = std::function<void()>;

  static Expected<std::unique_ptr<EventLoop>> create();
  ~EventLoop();

  // One of SIGINT, SIGTERM, SIGHUP, SIGUSR1.
  [[nodiscard]] Status on_signal(int signal, Handler handler);
  [[nodiscard]] Status after(Duration delay, Handler handler);  // once
  [[nodiscard]] Status every(Duration interval, Handler handler);
  // Called on the loop after any number of post() calls, from any thread.
  [[nodiscard]] Status on_post(Handler handler);
  void post();

  // Until quit(); answers with its argument.
  [[nodiscard]] Expected<int> run();
  void quit(int code);

 private:
  struct State;
  explicit EventLoop(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace logsniffd::app
