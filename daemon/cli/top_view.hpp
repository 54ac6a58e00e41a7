// The screen of `logsniffd top` as lines of text, without a terminal: top_screen.hpp draws them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/cells.hpp"
#include "daemon/cli/top_model.hpp"

namespace logsniffd::cli {

enum class Style { plain, strong, heading, trouble };

struct Span {
  std::string text;  // printable
  Style style = Style::plain;
};
using Line = std::vector<Span>;

// How the user wants to see it.
struct Look {
  SortOrder order = {};
  std::size_t scroll = 0;  // lines of the list above the screen
  bool paused = false;
  bool help = false;
};

struct Area {
  std::optional<std::size_t> rows;  // nullopt: plain output, which has what it needs, no keys, and no sparklines
  std::size_t columns = 80;
  Charset charset = Charset::ascii;
};

struct Frame {
  std::vector<Line> lines;  // exactly area.rows, each at most area.columns wide
  std::size_t scroll = 0;   // what of look.scroll was possible
  std::size_t page = 1;     // lines of the list on the screen
};

[[nodiscard]] Frame top_frame(const TopModel& model, const Look& look, const Area& area);

// Lines as plain text, without spaces at their ends.
[[nodiscard]] std::string plain_text(const std::vector<Line>& lines);

}  // namespace logsniffd::cli
