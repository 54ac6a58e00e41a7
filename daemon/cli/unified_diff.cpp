#include "daemon/cli/unified_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <dtl/dtl.hpp>
#include <iterator>
#include <vector>

namespace logsniffd::cli {
namespace {

constexpr std::size_t kContext = 3;

using Edit = std::pair<std::string_view, dtl::elemInfo>;

// Each line with its LF, which the last one may lack.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

// How many lines a range of edits has in each of the two texts.
struct Extent {
  std::size_t before = 0;
  std::size_t after = 0;

  void add(const Edit& edit) {
    if (edit.second.type != dtl::SES_ADD) ++before;
    if (edit.second.type != dtl::SES_DELETE) ++after;
  }
};

// An empty range is named by the line before it, as with diff(1).
std::string range_of(std::size_t lines_before, std::size_t count) {
  return fmt::format("{},{}", lines_before + (count > 0 ? 1 : 0), count);
}

void append_edit(const Edit& edit, std::string& out) {
  const auto type = edit.second.type;
  out.push_back(type == dtl::SES_ADD ? '+' : type == dtl::SES_DELETE ? '-' : ' ');
  out.append(edit.first);
  if (!edit.first.ends_with('\n')) out.append("\n\\ No newline at end of file\n");
}

// Where the hunk ends whose first change is at `at`: where twice the context has passed without another change.
std::size_t end_of_hunk(const std::vector<Edit>& edits, std::size_t at) {
  std::size_t last = at;
  for (std::size_t i = at; i < edits.size() && i <= last + 2 * kContext + 1; ++i) {
    if (edits[i].second.type != dtl::SES_COMMON) last = i;
  }
  return std::min(edits.size(), last + kContext + 1);
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after) {
  dtl::Diff<std::string_view> diff(lines_of(before), lines_of(after), true);
  diff.compose();
  const std::vector<Edit> edits = diff.getSes().getSequence();
  std::string text;
  Extent passed;
  std::size_t begin = 0;  // of what is not in a hunk yet
  for (std::size_t i = 0; i < edits.size(); ++i) {
    if (edits[i].second.type == dtl::SES_COMMON) continue;
    const std::size_t first = std::max(begin, i < kContext ? 0 : i - kContext);
    for (; begin < first; ++begin) passed.add(edits[begin]);
    const std::size_t end = end_of_hunk(edits, i);
    Extent hunk;
    std::string lines;
    for (; begin < end; ++begin) {
      hunk.add(edits[begin]);
      append_edit(edits[begin], lines);
    }
    text += fmt::format("@@ -{} +{} @@\n", range_of(passed.before, hunk.before), range_of(passed.after, hunk.after));
    text += lines;
    passed.before += hunk.before;
    passed.after += hunk.after;
    i = end - 1;
  }
  return text;
}

}  // namespace logsniffd::cli
