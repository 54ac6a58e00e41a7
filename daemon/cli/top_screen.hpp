// The terminal as a screen, through ncurses.
//
// THREAD  confined to one thread.
// REQUIRED  setlocale() was called; at most one screen exists at a time.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/cli/top_keys.hpp"
#include "daemon/cli/top_view.hpp"

namespace logsniffd::cli {

class TopScreen {
 public:
  // Whether standard input and output are a terminal on which the cursor can be placed.
  [[nodiscard]] static bool possible();
  static Expected<std::unique_ptr<TopScreen>> open();
  // The terminal is as it was before.
  ~TopScreen();

  // Takes the size that the terminal has now, and returns it.
  Area fit_to_terminal();
  void draw(const std::vector<Line>& lines);
  // nullopt: no key is waiting.
  [[nodiscard]] std::optional<Key> next_key();

 private:
  struct Curses;
  explicit TopScreen(std::unique_ptr<Curses> curses);
  std::unique_ptr<Curses> curses_;
};

}  // namespace logsniffd::cli
