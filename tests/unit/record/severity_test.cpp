#include "daemon/record/severity.hpp"

#include <gtest/gtest.h>

namespace logsniffd::record {
namespace {

TEST(ParseSeverity, EveryKeyword_ReadsBack) {
  for (std::size_t i = 0; i < kSeverityNames.size(); ++i) {
    const auto severity = static_cast<Severity>(i);
    EXPECT_EQ(parse_severity(to_string(severity)), severity);
  }
}

TEST(ParseSeverity, AnythingElse_IsNone) {
  for (const char* word : {"", "error", "warn", "panic", "ERR", "err ", "er", "3"}) {
    EXPECT_EQ(parse_severity(word), std::nullopt) << word;
  }
}

}  // namespace
}  // namespace logsniffd::record
