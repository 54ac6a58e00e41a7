// A regular expression whose matches are replaced, so that nothing of them is left.
//
// Text that is not UTF-8 is searched byte by byte: `.` and \S match every byte there, and no secret ends at a byte that
// RE2 would not take for a character.
//
// THREAD  immutable after compile(); any.
// BOUNDS  as ExpressionSet, twice. At most kMaxMatches in one text: what follows the last of them is replaced by kRest,
//         so that a text that is made to be expensive costs no more, and shows no more.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>

#include "daemon/base/error.hpp"

namespace logsniffd::pattern {

class Replacement {
 public:
  static constexpr int kMaxMatches = 256;
  static constexpr std::string_view kRest = "***";

  // `with` may refer to groups of the expression (\1 to \9, \0 for the whole match). Fails (usage) if the expression or
  // `with` is not valid, or if the expression matches the empty text.
  [[nodiscard]] static Expected<Replacement> compile(std::string_view expression, std::string with);

  // Replaces all matches; the result is in `out`, which may own `text`. Returns false, and leaves `out` alone, if there is
  // none.
  bool apply(std::string_view text, std::string& out) const;

 private:
  Replacement(std::unique_ptr<const RE2> characters, std::unique_ptr<const RE2> bytes, std::string with);

  std::unique_ptr<const RE2> characters_;
  std::unique_ptr<const RE2> bytes_;
  std::string with_;
  int groups_;  // that are needed for with_, and the whole match
};

}  // namespace logsniffd::pattern
