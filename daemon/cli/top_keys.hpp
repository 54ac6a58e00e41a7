// What the keys of `logsniffd top` change.
#pragma once

#include <algorithm>
#include <cstddef>

#include "daemon/cli/top_view.hpp"

namespace logsniffd::cli {

inline constexpr std::size_t kToTheEnd = std::size_t{1} << 32;  // lines; no list is that long

enum class Key { quit, pause, help, sort, reverse, up, down, page_up, page_down, home, end, other };

// `page`: lines of the list on the screen. The scroll may get too large, which top_frame() mends.
inline void press(Key key, std::size_t page, Look& look) {
  const auto up = [&look](std::size_t lines) { look.scroll -= std::min(look.scroll, lines); };
  switch (key) {
    case Key::pause:
      look.paused = !look.paused;
      break;
    case Key::help:
      look.help = !look.help;
      look.scroll = 0;
      break;
    case Key::sort:
      look.order.key = static_cast<SortKey>((static_cast<int>(look.order.key) + 1) % kSortKeys);
      break;
    case Key::reverse:
      look.order.reversed = !look.order.reversed;
      break;
    case Key::up:
      up(1);
      break;
    case Key::down:
      look.scroll += 1;
      break;
    case Key::page_up:
      up(page);
      break;
    case Key::page_down:
      look.scroll += page;
      break;
    case Key::home:
      look.scroll = 0;
      break;
    case Key::end:
      look.scroll = kToTheEnd;
      break;
    case Key::quit:
    case Key::other:
      break;
  }
}

}  // namespace logsniffd::cli
