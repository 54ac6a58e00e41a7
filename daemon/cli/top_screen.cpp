#include "daemon/cli/top_screen.hpp"

#define NCURSES_NOMACROS  // its macros have names such as clear and move
#include <curses.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "daemon/cli/terminal.hpp"

namespace logsniffd::cli {
namespace {

constexpr int kEscapeWait = 100;  // milliseconds that the rest of a key's sequence may take, as over ssh
constexpr short kRed = 1;         // the number of a pair of colours

Key meaning_of(int key) {
  switch (key) {
    case 'q':
    case 'Q':
      return Key::quit;
    case ' ':
      return Key::pause;
    case 'h':
    case '?':
    case KEY_F(1):
      return Key::help;
    case 's':
      return Key::sort;
    case 'r':
      return Key::reverse;
    case KEY_UP:
      return Key::up;
    case KEY_DOWN:
      return Key::down;
    case KEY_PPAGE:
      return Key::page_up;
    case KEY_NPAGE:
      return Key::page_down;
    case KEY_HOME:
      return Key::home;
    case KEY_END:
      return Key::end;
    default:
      return Key::other;
  }
}

}  // namespace

struct TopScreen::Curses {
  explicit Curses(SCREEN* opened) : screen(opened) {}
  Curses(const Curses&) = delete;
  Curses& operator=(const Curses&) = delete;
  ~Curses() {
    ::endwin();
    ::delscreen(screen);
  }

  [[nodiscard]] attr_t look_of(Style style) const {
    switch (style) {
      case Style::plain:
        return A_NORMAL;
      case Style::strong:
        return A_BOLD;
      case Style::heading:
        return A_REVERSE;
      case Style::trouble:
        return colours ? A_BOLD | static_cast<attr_t>(COLOR_PAIR(kRed)) : A_BOLD;
    }
    return A_NORMAL;
  }

  SCREEN* screen;
  bool colours = false;
};

bool TopScreen::possible() {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1 && Terminal::can_place_cursor();
}

Expected<std::unique_ptr<TopScreen>> TopScreen::open() {
  SCREEN* opened = ::newterm(nullptr, stdout, stdin);
  if (opened == nullptr) return fail(Error::runtime("the terminal cannot be used as a screen; use --once"));
  auto curses = std::make_unique<Curses>(opened);
  ::set_escdelay(kEscapeWait);
  ::cbreak();
  ::noecho();
  ::curs_set(0);
  ::keypad(stdscr, TRUE);
  ::nodelay(stdscr, TRUE);
  const char* no_colour = std::getenv("NO_COLOR");
  const bool wanted = no_colour == nullptr || *no_colour == '\0';
  curses->colours = wanted && ::has_colors() && ::start_color() == OK && ::use_default_colors() == OK &&
                    ::init_pair(kRed, COLOR_RED, -1) == OK;
  return std::unique_ptr<TopScreen>(new TopScreen(std::move(curses)));
}

TopScreen::TopScreen(std::unique_ptr<Curses> curses) : curses_(std::move(curses)) {}
TopScreen::~TopScreen() = default;

Area TopScreen::fit_to_terminal() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
      ::is_term_resized(size.ws_row, size.ws_col)) {
    ::resizeterm(size.ws_row, size.ws_col);
    ::clearok(stdscr, TRUE);  // what the terminal shows after it has changed its size is not known
  }
  return {static_cast<std::size_t>(::getmaxy(stdscr)), static_cast<std::size_t>(::getmaxx(stdscr)),
          charset_of_locale()};
}

void TopScreen::draw(const std::vector<Line>& lines) {
  ::werase(stdscr);
  int y = 0;
  for (const Line& line : lines) {
    ::wmove(stdscr, y++, 0);
    for (const Span& span : line) {
      ::wattrset(stdscr, static_cast<int>(curses_->look_of(span.style)));
      ::waddstr(stdscr, span.text.c_str());
    }
  }
  ::wattrset(stdscr, A_NORMAL);
  ::wrefresh(stdscr);
}

std::optional<Key> TopScreen::next_key() {
  const int key = ::wgetch(stdscr);
  if (key == ERR) return std::nullopt;
  return meaning_of(key);
}

}  // namespace logsniffd::cli
