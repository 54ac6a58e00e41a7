#include "daemon/app/unread_lines.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace logsniffd::app {
namespace {

std::string line(std::string_view who, const record_path::UnreadBytes& bytes) {
  std::string text;
  for (const auto& [count, what] : {std::pair{bytes.missing, "missing"},
                                    {bytes.late, "too late"},
                                    {bytes.after_end, "after its end"},
                                    {bytes.outside_window, "outside the window"}}) {
    if (count > 0) text += fmt::format("{}{} bytes {}", text.empty() ? "" : ", ", count, what);
  }
  return fmt::format("TCP{}: {}", who, text);
}

}  // namespace

std::vector<std::string> describe(const record_path::UnreadReport& report) {
  std::vector<std::string> lines;
  for (const auto& [flow, bytes] : report.streams) {
    lines.push_back(line(fmt::format(" {} -> {}", flow.src.to_string(), flow.dst.to_string()), bytes));
  }
  if (report.others.sum() > 0) lines.push_back(line(", other connections", report.others));
  return lines;
}

}  // namespace logsniffd::app
