// Text in the cells of a terminal: how wide it is, and cut or padded to a width.
//
// What could move the cursor or has no width of its own never gets through: it is written as \xHH, byte by byte. A
// backslash is left alone, so that text which is escaped already stays as it is.
//
// REQUIRED  the locale of the process (LC_CTYPE) is one of UTF-8 if Charset::utf8 is used.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace logsniffd::cli {

enum class Charset { ascii, utf8 };
enum class Align { left, right };

// What the locale of the process can show.
[[nodiscard]] Charset charset_of_locale();

[[nodiscard]] std::size_t cells_of(std::string_view text, Charset charset);

// The text in exactly `cells` cells. One that is too long ends with a mark that says so.
[[nodiscard]] std::string fit(std::string_view text, std::size_t cells, Align align, Charset charset);

// Lines of at most `cells` cells, broken at spaces where there are any. REQUIRED: cells >= 8.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t cells, Charset charset);

}  // namespace logsniffd::cli
