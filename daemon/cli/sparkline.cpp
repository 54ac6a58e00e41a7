#include "daemon/cli/sparkline.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace logsniffd::cli {
namespace {

constexpr std::array<const char*, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<const char*, 8> kLetters{"_", ".", ":", "-", "=", "+", "*", "#"};

}  // namespace

std::string sparkline(const std::vector<double>& values, std::size_t cells, Charset charset) {
  const auto& levels = charset == Charset::utf8 ? kBlocks : kLetters;
  const std::size_t shown = std::min(cells, values.size());
  const auto first = values.end() - static_cast<std::ptrdiff_t>(shown);
  const double top = shown == 0 ? 0 : *std::max_element(first, values.end());
  std::string line(cells - shown, ' ');
  for (auto value = first; value != values.end(); ++value) {
    const double height = top > 0 ? std::ceil(*value / top * static_cast<double>(levels.size() - 1)) : 0;
    line += levels[std::min(static_cast<std::size_t>(height), levels.size() - 1)];
  }
  return line;
}

std::string bar(double part, std::size_t cells, Charset charset) {
  const auto all = static_cast<double>(cells);
  double filled = std::round(std::clamp(part, 0.0, 1.0) * all);
  if (part > 0 && part < 1) filled = std::clamp(filled, 1.0, std::max(1.0, all - 1));
  std::string picture;
  for (std::size_t i = 0; i < cells; ++i) {
    const bool on = static_cast<double>(i) < filled;
    picture += charset == Charset::utf8 ? (on ? "█" : "░") : (on ? "#" : ".");
  }
  return picture;
}

}  // namespace logsniffd::cli
