// The main thread's loop (sd-event): signals, timers, descriptors, and wake-ups by other threads. Sources can be added
// and removed at any time, also by a handler.
//
// THREAD  everything runs on the main thread, except Notifier::notify().
// ERRORS  add_...() fails if the system is out of resources, or if the signal or the descriptor already has a source.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "daemon/base/error.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd::loop {

// Blocks the signals that the loop handles, in this thread and in all threads that it starts. REQUIRED: called first in
// main, before any other thread: an early SIGHUP would end the process, and systemd would take that for a clean end.
void block_handled_signals();
// For a command without a loop: these signals have their usual effects again. REQUIRED: no other thread runs.
void release_handled_signals();

class EventLoop {
 public:
  using Handler = std::function<void()>;
  using DescriptorHandler = std::function<void(std::uint32_t events)>;  // EPOLLIN, EPOLLHUP ...

  // One thing that the loop listens to. Its destructor removes it: the handler is not called again. A handler may
  // destroy its own source. A source that outlives the loop is harmless.
  class Source {
   public:
    Source(Source&& other) noexcept;
    Source& operator=(Source&& other) noexcept;
    ~Source();

   private:
    friend class EventLoop;
    struct Registration;
    explicit Source(std::unique_ptr<Registration> registration);
    std::unique_ptr<Registration> registration_;
  };

  // Calls a handler on the loop when other threads ask for it.
  class Notifier {
   public:
    // After any number of calls the handler is called once. Any thread. REQUIRED: this object outlives the call.
    void notify() const;

   private:
    friend class EventLoop;
    explicit Notifier(Source source) : source_(std::move(source)) {}
    Source source_;
  };

  static Expected<std::unique_ptr<EventLoop>> create();
  ~EventLoop();

  // REQUIRED: the signal is blocked in every thread.
  [[nodiscard]] Expected<Source> add_signal(int signal, Handler handler);
  [[nodiscard]] Expected<Source> add_after(Duration delay, Handler handler);  // once
  [[nodiscard]] Expected<Source> add_every(Duration interval, Handler handler);
  // Calls the handler whenever `descriptor` is ready for one of `events` (EPOLLIN, EPOLLOUT). REQUIRED: the descriptor
  // is closed after the source.
  [[nodiscard]] Expected<Source> add_descriptor(int descriptor, std::uint32_t events, DescriptorHandler handler);
  [[nodiscard]] Expected<Notifier> add_notifier(Handler handler);

  // Runs until quit(), and returns its argument. REQUIRED: called once.
  [[nodiscard]] Expected<int> run();
  void quit(int code);

 private:
  struct State;
  explicit EventLoop(std::unique_ptr<State> state);
  [[nodiscard]] Expected<Source> add_timer(Duration delay, Duration interval, Handler handler);
  std::unique_ptr<State> state_;
};

}  // namespace logsniffd::loop
