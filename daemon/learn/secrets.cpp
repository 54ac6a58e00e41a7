#include "daemon/learn/secrets.hpp"

#include <array>
#include <cassert>
#include <utility>
#include <vector>

#include "daemon/pattern/replacement.hpp"
#include "daemon/text/escape.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::learn {
namespace {

// docs/learn.md lists these.
const std::vector<pattern::Replacement>& masks() {
  static const std::vector<pattern::Replacement> kMasks = [] {
    constexpr auto kRules = std::to_array<std::array<const char*, 2>>({
        // Authorization: Basic ..., Cookie: ...
        {R"((?i)\b((?:proxy-)?authorization|(?:set-)?cookie)("?\s*[:=]\s*"?)[^\r\n"]+)", R"(\1\2***)"},
        {R"((?i)\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,})", R"(\1 ***)"},
        // password=..., "api_key": "...", --token ...
        {R"re((?i)((?:pass(?:word|wd|phrase)?|pwd|secret|token|credential|(?:api|access|private|session)[_-]?(?:key|id)|sessionid|pin)s?["']?\s*[:=]\s*)(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,;&"'}]+))re",
         R"(\1***)"},
        {R"((?i)(--?(?:password|passwd|token|secret)\s+)\S+)", R"(\1***)"},
        {R"(([a-z][a-z0-9+.-]*://[^\s:/@]+:)[^\s@/]+@)", R"(\1***@)"},
        {R"([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)", "***"},
        {R"(\b(?:\d[ -]?){12,18}\d\b)", "***"},
        {R"(\b[0-9A-Fa-f]{32,}\b)", "***"},
        {R"([A-Za-z0-9+/_-]{40,}={0,2})", "***"},
    });
    std::vector<pattern::Replacement> compiled;
    for (const auto& [expression, with] : kRules) {
      auto replacement = pattern::Replacement::compile(expression, with);
      assert(replacement);
      compiled.push_back(std::move(*replacement));
    }
    return compiled;
  }();
  return kMasks;
}

}  // namespace

std::string masked_sample(std::string_view text, std::size_t most_bytes) {
  std::string masked(text);
  for (const pattern::Replacement& mask : masks()) mask.apply(masked, masked);
  std::string shown;
  const std::size_t cut = text::utf8_cut(masked, most_bytes);
  text::append_escaped(std::string_view(masked).substr(0, cut), shown);
  if (cut < masked.size()) shown += "...";
  return shown;
}

}  // namespace logsniffd::learn
