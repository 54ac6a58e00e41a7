// Parses the output of Frames, and names kinds of connections in tests.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/unit/framing/frames.hpp"
#include "tests/unit/framing/generated_connection.hpp"

namespace logsniffd::framing {

struct SeenFrame {
  std::string text;
  std::string mark;  // empty if whole

  [[nodiscard]] bool whole() const { return mark.empty(); }
};

// Parses "text|gap", as Frames writes it. A message may contain `|`, too.
inline SeenFrame seen_frame(const std::string& text) {
  const std::size_t bar = text.rfind('|');
  for (const Integrity mark : {Integrity::joined_late, Integrity::gap, Integrity::truncated, Integrity::unfinished}) {
    if (bar != std::string::npos && text.substr(bar + 1) == to_string(mark))
      return {text.substr(0, bar), text.substr(bar + 1)};
  }
  return {text, ""};
}

inline void PrintTo(const ConnectionKind& kind, std::ostream* out) { *out << kind.name; }
inline std::string name_of_kind(const testing::TestParamInfo<ConnectionKind>& with) { return with.param.name; }

}  // namespace logsniffd::framing
