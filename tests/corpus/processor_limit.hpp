// Ends the process, and names the current step, when the step takes too much processor time: a hang has a name.
//
// THREAD  main; one step at a time. The signal handler reads only what begin() wrote before it armed the timer.
#pragma once

#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <string>

namespace logsniffd::corpus {

class ProcessorLimit {
 public:
  explicit ProcessorLimit(int seconds) : seconds_(seconds) { std::signal(SIGPROF, give_up); }

  void begin(const std::string& step) {
    arm(0);
    const std::string text = "takes more than " + std::to_string(seconds_) + " s of processor time: " + step + "\n";
    length_ = std::min(text.size(), text_.size());
    std::memcpy(text_.data(), text.data(), length_);
    arm(seconds_);
    started_ = std::clock();
  }

  // Returns the seconds that the step took.
  double end() {
    arm(0);
    return static_cast<double>(std::clock() - started_) / CLOCKS_PER_SEC;
  }

 private:
  static void arm(int seconds) {
    const itimerval once{{0, 0}, {seconds, 0}};
    ::setitimer(ITIMER_PROF, &once, nullptr);
  }

  static void give_up(int) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text_.data(), length_);
    ::_exit(1);
  }

  static inline std::array<char, 1024> text_{};
  static inline std::size_t length_ = 0;
  int seconds_;
  std::clock_t started_ = 0;
};

}  // namespace logsniffd::corpus
