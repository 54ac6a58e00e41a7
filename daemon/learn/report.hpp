// What was learned, for people and as JSON (docs/learn.md).
#pragma once

#include <string>

#include "daemon/learn/lesson.hpp"

namespace logsniffd::learn {

inline constexpr std::size_t kShownSampleBytes = 160;

[[nodiscard]] std::string text_report(const Lesson& lesson);
// One object, without a line end.
[[nodiscard]] std::string json_report(const Lesson& lesson);

}  // namespace logsniffd::learn
