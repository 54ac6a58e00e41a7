// Every error in a configuration, with exactly the text that the operator reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <set>

#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

using testing::ContainsRegex;

class RefusalTable : public testing::TestWithParam<Refusals (*)()> {};

TEST_P(RefusalTable, SaysWhereAndWhat) {
  for (const auto& [yaml, lines] : GetParam()()) EXPECT_EQ(lines_of(yaml), lines) << yaml;
}

// Nobody should have to look up what to write instead.
TEST_P(RefusalTable, SaysHowToFixIt) {
  for (const auto& [yaml, lines] : GetParam()()) {
    for (const std::string& line : lines) {
      EXPECT_THAT(line, ContainsRegex("^f\\.yaml:[1-9][0-9]*:[1-9][0-9]*: .*(; [a-z].+|\\(did you mean '.+'\\?\\)|"
                                      "should be a .+|\\(1 to 65535\\)|: unix:///PATH)$"));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, RefusalTable, testing::ValuesIn(kRefusalTables));

TEST(Refusals, AreMoreThan600) {
  std::set<std::string> texts;
  for (const auto& table : kRefusalTables) {
    for (const Refusal& refusal : table()) {
      const bool added = !refusal.has_error() || texts.insert(refusal.yaml).second;
      EXPECT_TRUE(added) << "twice: " << refusal.yaml;
    }
  }
  std::cout << texts.size() << " bad configurations\n";
  EXPECT_GT(texts.size(), 600U);
}

std::string many_filters(int count) {
  std::string yaml = "filters:\n";
  for (int i = 0; i < count; ++i) yaml += "- {name: f" + std::to_string(i) + ", to: [out]}\n";
  return yaml + kSinks;
}

TEST(Filters, MoreThan64_AreRefused) {
  EXPECT_EQ(lines_of(many_filters(64)), std::vector<std::string>{});
  EXPECT_EQ(lines_of(many_filters(65)),
            std::vector<std::string>{"f.yaml:66:3: filters[64]: there are more than 64 filters; remove some"});
}

TEST(Filters, ListOfMoreThan256Items_IsRefused) {
  const auto with_ports = [](int count) {
    std::string list;
    for (int i = 1; i <= count; ++i) list += std::to_string(i) + ", ";
    return "filters:\n  - {name: app, to: [out], ports: [" + list + "]}" + kSinks;
  };
  EXPECT_EQ(lines_of(with_ports(256)), std::vector<std::string>{});
  EXPECT_EQ(lines_of(with_ports(257)),
            std::vector<std::string>{"f.yaml:2:35: filters[0].ports: has 257 items; use at most 256"});
}

TEST(Sinks, MoreThan32_AreRefused) {
  std::string yaml = kFilters + "\nsinks:\n  out: {type: stdout}\n";
  for (int i = 1; i < 33; ++i) yaml += "  s" + std::to_string(i) + ": {type: stdout}\n";
  const LoadResult result = load(yaml);
  ASSERT_EQ(result.problems.size(), 32U);  // the others are not used
  EXPECT_EQ(result.problems.back().to_string("f.yaml"),
            "f.yaml:36:3: sinks.s32: there are more than 32 sinks; remove some");
  EXPECT_FALSE(result.ok());
}

TEST(Section, SeveralProblems_AreAllReportedInTheOrderOfTheFile) {
  const std::vector<std::string> expected{
      "f.yaml:2:11: limits.record: 0 never means unlimited; use 64B to 16MiB",
      "f.yaml:4:3: capture.buffr: unknown key (did you mean 'buffer'?)",
      "f.yaml:5:12: capture.snaplen: '1' has no unit" + kSizes,
      "f.yaml:7:14: daemon.log_level: 'loud' is unknown; use debug, info, warning or error",
  };
  EXPECT_EQ(lines_of("limits:\n  record: 0\ncapture:\n  buffr: 1MiB\n  snaplen: 1\ndaemon:\n  log_level: loud" + kRest),
            expected);
}

}  // namespace
}  // namespace logsniffd::config
