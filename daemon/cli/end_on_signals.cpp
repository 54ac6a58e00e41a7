#include "daemon/cli/end_on_signals.hpp"

#include <csignal>
#include <utility>

namespace logsniffd::cli {

Expected<std::vector<loop::EventLoop::Source>> end_on_signals(loop::EventLoop& loop) {
  std::vector<loop::EventLoop::Source> sources;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) {
    // SIGHUP and SIGUSR1 have no meaning here, but must not end the program either.
    const bool ends = signal == SIGINT || signal == SIGTERM;
    auto added = loop.add_signal(signal, [&loop, ends] {
      if (ends) loop.quit(0);
    });
    if (!added) return fail(std::move(added.error()));
    sources.push_back(std::move(*added));
  }
  return sources;
}

}  // namespace logsniffd::cli
