#include "daemon/app/event_loop.hpp"

#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <systemd/sd-event.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <vector>

#include "daemon/base/unique_fd.hpp"

namespace logsniffd::app {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGUSR1};

Error loop_error(int result) { return Error::system("event loop", -result); }

// sd-event timers are late on purpose, to save wake-ups; a tenth of the time is accurate enough here.
std::uint64_t accuracy(std::uint64_t microseconds) { return std::max<std::uint64_t>(1, microseconds / 10); }

std::uint64_t microseconds(Duration duration) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
}

}  // namespace

void block_handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kSignals) sigaddset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write()
}

struct EventLoop::State {
  struct Timer {
    Handler handler;
    std::uint64_t interval;  // microseconds; 0: once
  };

  ~State() { sd_event_unref(event); }

  static int call_signal(sd_event_source*, const signalfd_siginfo*, void* handler) {
    (*static_cast<Handler*>(handler))();
    return 0;
  }

  static int call_timer(sd_event_source* source, std::uint64_t, void* data) {
    const Timer& timer = *static_cast<Timer*>(data);
    if (timer.interval != 0) {
      sd_event_source_set_time_relative(source, timer.interval);
      sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
    }
    timer.handler();
    return 0;
  }

  static int call_posted(sd_event_source*, int fd, std::uint32_t, void* handler) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(fd, &count, sizeof count);  // empties it
    (*static_cast<Handler*>(handler))();
    return 0;
  }

  Status add_timer(Duration delay, std::uint64_t interval, Handler handler) {
    timers.push_back(std::make_unique<Timer>(Timer{std::move(handler), interval}));
    const std::uint64_t delay_us = microseconds(delay);
    const int added = sd_event_add_time_relative(event, nullptr, CLOCK_MONOTONIC, delay_us, accuracy(delay_us),
                                                 call_timer, timers.back().get());
    return added < 0 ? fail(loop_error(added)) : Status{};
  }

  sd_event* event = nullptr;
  UniqueFd posted;
  std::vector<std::unique_ptr<Handler>> handlers;  // sd-event keeps pointers to them
  std::vector<std::unique_ptr<Timer>> timers;
};

EventLoop::EventLoop(std::unique_ptr<State> state) : state_(std::move(state)) {}
EventLoop::~EventLoop() = default;

Expected<std::unique_ptr<EventLoop>> EventLoop::create() {
  auto state = std::make_unique<State>();
  const int made = sd_event_new(&state->event);
  if (made < 0) return fail(loop_error(made));
  state->posted.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!state->posted.valid()) return fail(Error::system("event loop", errno));
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(state)));
}

Status EventLoop::on_signal(int signal, Handler handler) {
  state_->handlers.push_back(std::make_unique<Handler>(std::move(handler)));
  const int added =
      sd_event_add_signal(state_->event, nullptr, signal, State::call_signal, state_->handlers.back().get());
  return added < 0 ? fail(loop_error(added)) : Status{};
}

Status EventLoop::after(Duration delay, Handler handler) { return state_->add_timer(delay, 0, std::move(handler)); }

Status EventLoop::every(Duration interval, Handler handler) {
  return state_->add_timer(interval, microseconds(interval), std::move(handler));
}

Status EventLoop::on_post(Handler handler) {
  state_->handlers.push_back(std::make_unique<Handler>(std::move(handler)));
  const int added = sd_event_add_io(state_->event, nullptr, state_->posted.get(), EPOLLIN, State::call_posted,
                                    state_->handlers.back().get());
  return added < 0 ? fail(loop_error(added)) : Status{};
}

void EventLoop::post() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written =
      ::write(state_->posted.get(), &one, sizeof one);  // fails only when already readable
}

Expected<int> EventLoop::run() {
  const int code = sd_event_loop(state_->event);
  if (code < 0) return fail(loop_error(code));
  return code;
}

void EventLoop::quit(int code) { sd_event_exit(state_->event, code); }

}  // namespace logsniffd::app
