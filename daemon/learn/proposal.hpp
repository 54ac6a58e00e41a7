// The configuration that collects what was learned: a filter for each port that logs, and a file for each filter.
#pragma once

#include <string>

#include "daemon/learn/lesson.hpp"

namespace logsniffd::learn {

// The number of filters that a configuration may have.
inline constexpr std::size_t kMaxProposed = 64;

struct Proposal {
  std::string yaml;          // empty: nothing logs
  std::size_t left_out = 0;  // ports that log, beyond kMaxProposed
};

// `when`: the date for its first line.
[[nodiscard]] Proposal propose(const Lesson& lesson, const std::string& when);

}  // namespace logsniffd::learn
