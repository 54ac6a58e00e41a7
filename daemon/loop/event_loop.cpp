#include "daemon/loop/event_loop.hpp"

#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <systemd/sd-event.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include "daemon/base/unique_fd.hpp"

namespace logsniffd::loop {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGUSR1};

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kSignals) sigaddset(&set, signal);
  return set;
}

Error loop_error(int result) { return Error::system("event loop", -result); }

// sd-event timers are late on purpose, to save wake-ups; a tenth of the time is accurate enough here.
std::uint64_t accuracy(std::uint64_t microseconds) { return std::max<std::uint64_t>(1, microseconds / 10); }

std::uint64_t microseconds(Duration duration) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
}

}  // namespace

void release_handled_signals() {
  const sigset_t set = handled_signals();
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

void block_handled_signals() {
  const sigset_t set = handled_signals();
  sigprocmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write()
}

struct EventLoop::State {
  ~State() { sd_event_unref(event); }
  sd_event* event = nullptr;
};

// sd-event keeps a pointer to this object.
struct EventLoop::Source::Registration {
  explicit Registration(DescriptorHandler calls)
      : handler(std::make_shared<const DescriptorHandler>(std::move(calls))) {}
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;
  ~Registration() { sd_event_source_disable_unref(source); }

  static int call_signal(sd_event_source*, const signalfd_siginfo*, void* registration) {
    return call(registration, 0);
  }
  static int call_timer(sd_event_source* source, std::uint64_t, void* registration) {
    if (const std::uint64_t interval = static_cast<Registration*>(registration)->interval; interval != 0) {
      sd_event_source_set_time_relative(source, interval);
      sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
    }
    return call(registration, 0);
  }
  static int call_descriptor(sd_event_source*, int, std::uint32_t events, void* registration) {
    return call(registration, events);
  }
  static int call_notified(sd_event_source*, int descriptor, std::uint32_t events, void* registration) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(descriptor, &count, sizeof count);  // empties it
    return call(registration, events);
  }
  static int call(void* registration, std::uint32_t events) {
    const auto handler = static_cast<Registration*>(registration)->handler;
    (*handler)(events);
    return 0;
  }

  UniqueFd notified;                                 // of a Notifier
  std::uint64_t interval = 0;                        // microseconds, of a timer; 0: once
  std::shared_ptr<const DescriptorHandler> handler;  // shared with the call in progress, which may destroy this
  sd_event_source* source = nullptr;                 // also holds the sd_event
};

EventLoop::Source::Source(std::unique_ptr<Registration> registration) : registration_(std::move(registration)) {}
EventLoop::Source::Source(Source&& other) noexcept = default;
EventLoop::Source& EventLoop::Source::operator=(Source&& other) noexcept = default;
EventLoop::Source::~Source() = default;

void EventLoop::Notifier::notify() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written =
      ::write(source_.registration_->notified.get(), &one, sizeof one);  // fails only when already readable
}

EventLoop::EventLoop(std::unique_ptr<State> state) : state_(std::move(state)) {}
EventLoop::~EventLoop() = default;

Expected<std::unique_ptr<EventLoop>> EventLoop::create() {
  auto state = std::make_unique<State>();
  const int made = sd_event_new(&state->event);
  if (made < 0) return fail(loop_error(made));
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(state)));
}

Expected<EventLoop::Source> EventLoop::add_signal(int signal, Handler handler) {
  auto made = std::make_unique<Source::Registration>([calls = std::move(handler)](std::uint32_t) { calls(); });
  const int added =
      sd_event_add_signal(state_->event, &made->source, signal, Source::Registration::call_signal, made.get());
  if (added < 0) return fail(loop_error(added));
  return Source(std::move(made));
}

Expected<EventLoop::Source> EventLoop::add_after(Duration delay, Handler handler) {
  return add_timer(delay, Duration::zero(), std::move(handler));
}

Expected<EventLoop::Source> EventLoop::add_every(Duration interval, Handler handler) {
  const Duration at_least = std::max<Duration>(interval, std::chrono::microseconds(1));  // 0 would mean once
  return add_timer(at_least, at_least, std::move(handler));
}

Expected<EventLoop::Source> EventLoop::add_timer(Duration delay, Duration interval, Handler handler) {
  auto made = std::make_unique<Source::Registration>([calls = std::move(handler)](std::uint32_t) { calls(); });
  made->interval = microseconds(interval);
  const std::uint64_t delay_us = microseconds(delay);
  const int added = sd_event_add_time_relative(state_->event, &made->source, CLOCK_MONOTONIC, delay_us,
                                               accuracy(delay_us), Source::Registration::call_timer, made.get());
  if (added < 0) return fail(loop_error(added));
  return Source(std::move(made));
}

Expected<EventLoop::Source> EventLoop::add_descriptor(int descriptor, std::uint32_t events, DescriptorHandler handler) {
  auto made = std::make_unique<Source::Registration>(std::move(handler));
  const int added = sd_event_add_io(state_->event, &made->source, descriptor, events,
                                    Source::Registration::call_descriptor, made.get());
  if (added < 0) return fail(loop_error(added));
  return Source(std::move(made));
}

Expected<EventLoop::Notifier> EventLoop::add_notifier(Handler handler) {
  auto made = std::make_unique<Source::Registration>([calls = std::move(handler)](std::uint32_t) { calls(); });
  made->notified.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!made->notified.valid()) return fail(Error::system("event loop", errno));
  const int added = sd_event_add_io(state_->event, &made->source, made->notified.get(), EPOLLIN,
                                    Source::Registration::call_notified, made.get());
  if (added < 0) return fail(loop_error(added));
  return Notifier(Source(std::move(made)));
}

Expected<int> EventLoop::run() {
  const int code = sd_event_loop(state_->event);
  if (code < 0) return fail(loop_error(code));
  return code;
}

void EventLoop::quit(int code) { sd_event_exit(state_->event, code); }

}  // namespace logsniffd::loop
