#include "daemon/cli/cells.hpp"

#include <langinfo.h>

#include <algorithm>
#include <cwchar>

#include "daemon/text/escape.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::cli {
namespace {

// What a terminal shows as one: a character, or an escape.
struct Glyph {
  std::string bytes;
  std::size_t cells = 1;
};

std::size_t own_cells(const text::CodePoint& c, Charset charset) {
  if (!c.valid) return 0;
  if (c.value < 0x80) return c.value >= 0x20 && c.value != 0x7f ? 1 : 0;
  if (charset == Charset::ascii) return 0;
  const int cells = ::wcwidth(static_cast<wchar_t>(c.value));
  return cells > 0 ? static_cast<std::size_t>(cells) : 0;
}

std::vector<Glyph> glyphs_of(std::string_view text, Charset charset) {
  std::vector<Glyph> glyphs;
  while (!text.empty()) {
    const text::CodePoint c = text::first_code_point(text);
    const std::string_view bytes = text.substr(0, c.length);
    text.remove_prefix(c.length);
    if (const std::size_t cells = own_cells(c, charset); cells > 0) {
      glyphs.push_back({std::string(bytes), cells});
      continue;
    }
    for (const char byte : bytes) {
      Glyph escape{{}, 4};
      text::append_hex(byte, escape.bytes);
      glyphs.push_back(std::move(escape));
    }
  }
  return glyphs;
}

std::size_t sum(const std::vector<Glyph>& glyphs) {
  std::size_t cells = 0;
  for (const Glyph& glyph : glyphs) cells += glyph.cells;
  return cells;
}

}  // namespace

Charset charset_of_locale() {
  return std::string_view(::nl_langinfo(CODESET)) == "UTF-8" ? Charset::utf8 : Charset::ascii;
}

std::size_t cells_of(std::string_view text, Charset charset) { return sum(glyphs_of(text, charset)); }

std::string fit(std::string_view text, std::size_t cells, Align align, Charset charset) {
  if (cells == 0) return {};
  const std::vector<Glyph> glyphs = glyphs_of(text, charset);
  const std::size_t needed = sum(glyphs);
  const bool cut = needed > cells;
  const std::size_t room = cut ? cells - 1 : cells;
  std::string fitted;
  std::size_t used = 0;
  for (const Glyph& glyph : glyphs) {
    if (used + glyph.cells > room) break;
    fitted += glyph.bytes;
    used += glyph.cells;
  }
  if (cut) {
    fitted += charset == Charset::utf8 ? "…" : "~";
    ++used;
  }
  const std::string padding(cells - used, ' ');
  return align == Align::right ? padding + fitted : fitted + padding;
}

std::vector<std::string> wrap(std::string_view text, std::size_t cells, Charset charset) {
  std::vector<std::string> lines;
  const std::vector<Glyph> glyphs = glyphs_of(text, charset);
  for (std::size_t begin = 0; begin < glyphs.size();) {
    std::size_t end = begin;
    std::size_t after_space = 0;
    for (std::size_t used = 0; end < glyphs.size() && used + glyphs[end].cells <= cells; ++end) {
      used += glyphs[end].cells;
      if (glyphs[end].bytes == " ") after_space = end + 1;
    }
    if (end < glyphs.size() && after_space > begin) end = after_space;
    std::string line;
    for (; begin < end; ++begin) line += glyphs[begin].bytes;
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace logsniffd::cli
