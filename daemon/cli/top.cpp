// logsniffd top [--once]: the figures of the running daemon, live.
#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>

#include "daemon/cli/command.hpp"
#include "daemon/cli/remote.hpp"
#include "daemon/cli/report_poll.hpp"
#include "daemon/cli/top_keys.hpp"
#include "daemon/cli/top_screen.hpp"

namespace logsniffd::cli {
namespace {

struct TopOptions {
  std::string socket = config::Daemon().control;
  bool once = false;
};

SteadyTime now() { return std::chrono::steady_clock::now(); }

// What is known of the daemon, and how the user looks at it.
class TopSession {
 public:
  TopSession(loop::EventLoop& loop, TopScreen& screen) : loop_(loop), screen_(screen) {}

  void take(control::Json report) {
    model_.take(std::move(report), now());
    draw();
  }
  void lose(Silence silence) {
    model_.lose(std::move(silence));
    draw();
  }
  void read_keys() {
    while (const auto key = screen_.next_key()) {
      if (*key == Key::quit) return loop_.quit(0);
      press(*key, page_, look_);
    }
    draw();
  }
  void draw() {
    if (!look_.paused) {
      paused_.reset();
    } else if (!paused_) {
      paused_ = model_;
    }
    const Frame frame = top_frame(paused_ ? *paused_ : model_, look_, screen_.fit_to_terminal());
    look_.scroll = frame.scroll;
    page_ = frame.page;
    screen_.draw(frame.lines);
  }

 private:
  loop::EventLoop& loop_;
  TopScreen& screen_;
  TopModel model_;
  std::optional<TopModel> paused_;  // as it was when the pause began
  Look look_;
  std::size_t page_ = 1;
};

// REQUIRED: called before the sources of the loop are made.
void block_resize_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGWINCH);
  sigprocmask(SIG_BLOCK, &set, nullptr);
}

Expected<std::vector<loop::EventLoop::Source>> watch_terminal(loop::EventLoop& loop, TopSession& session) {
  std::vector<loop::EventLoop::Source> sources;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    auto added = loop.add_signal(signal, [&loop] { loop.quit(0); });
    if (!added) return fail(std::move(added.error()));
    sources.push_back(std::move(*added));
  }
  block_resize_signal();
  auto resized = loop.add_signal(SIGWINCH, [&session] { session.draw(); });
  if (!resized) return fail(std::move(resized.error()));
  sources.push_back(std::move(*resized));
  auto keys = loop.add_descriptor(STDIN_FILENO, EPOLLIN, [&loop, &session](std::uint32_t events) {
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) return loop.quit(0);  // the terminal is gone
    session.read_keys();
  });
  if (!keys) return fail(std::move(keys.error()));
  sources.push_back(std::move(*keys));
  return sources;
}

Expected<int> watch(const std::string& socket) {
  auto loop = loop::EventLoop::create();
  if (!loop) return fail(std::move(loop.error()));
  std::optional<TopSession> session;  // made after the first connection, so that its error finds the terminal untouched
  auto poll = ReportPoll::start(**loop, socket,
                                {[&session](control::Json report) { session->take(std::move(report)); },
                                 [&session](Silence silence) { session->lose(std::move(silence)); }});
  if (!poll) return fail(std::move(poll.error()));
  const auto screen = TopScreen::open();
  if (!screen) return fail(screen.error());
  session.emplace(**loop, **screen);
  const auto sources = watch_terminal(**loop, *session);
  if (!sources) return fail(sources.error());
  session->draw();
  (*poll)->ask();
  return (*loop)->run();
}

Expected<int> print_once(const std::string& socket) {
  auto daemon = connect(socket);
  if (!daemon) return fail(std::move(daemon.error()));
  auto report = report_in(daemon->ask({"status"}));
  if (!report) return fail(std::move(report.error()));
  const int code = exit_code_of(*report);
  TopModel model;
  model.take(std::move(*report), now());
  const Area area{.rows = std::nullopt, .charset = charset_of_locale()};
  fmt::print("{}", plain_text(top_frame(model, {}, area).lines));
  if (std::fflush(stdout) != 0) return fail(Error::system("standard output", errno));
  return code;
}

Expected<int> top(const TopOptions& options) {
  std::setlocale(LC_CTYPE, "");
  return options.once || !TopScreen::possible() ? print_once(options.socket) : watch(options.socket);
}

}  // namespace

void add_top(CLI::App& app, Action& action) {
  const auto options = std::make_shared<TopOptions>();  // shared: the options outlive this call
  CLI::App* command = app.add_subcommand("top", "watch the running daemon: filters and sinks with their rates");
  add_socket_option(*command, options->socket);
  command->add_flag("--once", options->once,
                    "print the figures once, without a screen, and end as status does (also if there is no terminal)");
  command->callback([options, &action] { action = [options] { return top(*options); }; });
}

}  // namespace logsniffd::cli
