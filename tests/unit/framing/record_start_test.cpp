#include "daemon/framing/record_start.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string_view>

namespace logsniffd::framing {
namespace {

struct Case {
  std::string_view line;
  RecordStart start;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.line; }

class RecordStartOf : public testing::TestWithParam<Case> {};

TEST_P(RecordStartOf, IsToldByTheFirstBytes) { EXPECT_EQ(record_start(GetParam().line), GetParam().start); }

INSTANTIATE_TEST_SUITE_P(
    Times, RecordStartOf,
    testing::Values(Case{"2026-09-21 14:11:18 ERROR a", RecordStart::time}, Case{"2026/09/21", RecordStart::time},
                    Case{"2026-09-21T14:11:18.001Z a", RecordStart::time}, Case{"21.09.2026 a", RecordStart::time},
                    Case{"9/21/26 2:11 PM a", RecordStart::time}, Case{"21-Sep-2026 14:11", RecordStart::time},
                    Case{"14:11:18 a", RecordStart::time}, Case{"[14:11:18] a", RecordStart::time},
                    Case{"[21/Sep/2026:14:11:18 +0000] a", RecordStart::time},
                    Case{"260921 14:11:18 a", RecordStart::time}, Case{"20260921T141118 a", RecordStart::time},
                    Case{"1790000000.123 a", RecordStart::time}, Case{"1790000000123 a", RecordStart::time},
                    Case{"Sep 21 14:11:18 a", RecordStart::time}, Case{"Sep  1 14:11:18 a", RecordStart::time},
                    Case{"<13>Sep  1", RecordStart::time}, Case{"192.0.2.7 - - [21/Sep/2026", RecordStart::time}));
INSTANTIATE_TEST_SUITE_P(Words, RecordStartOf,
                         testing::Values(Case{"ERROR a", RecordStart::level},
                                         Case{"WARNING:root:a", RecordStart::level}, Case{"INFO", RecordStart::level},
                                         Case{"info: a", RecordStart::level}, Case{"crit: App[0]", RecordStart::level},
                                         Case{"E0921 14:11:18.1 7 a.go:1] a", RecordStart::level},
                                         Case{"W, [2026-09-21T14:11:18 #7]", RecordStart::level},
                                         Case{"[main] a", RecordStart::bracket}, Case{"{\"a\":1}", RecordStart::object},
                                         Case{"level=info a", RecordStart::pair}, Case{"time=1 a", RecordStart::pair},
                                         Case{"\x1b[32mINFO", RecordStart::escape}));
INSTANTIATE_TEST_SUITE_P(
    OtherLines, RecordStartOf,
    testing::Values(Case{"", RecordStart::none}, Case{" ", RecordStart::none}, Case{"Error: a", RecordStart::none},
                    Case{"ERRORS: 3", RecordStart::none}, Case{"INFORMATION", RecordStart::none},
                    Case{"ERROR_CODE=7", RecordStart::none}, Case{"information is missing", RecordStart::none},
                    Case{"1 error", RecordStart::none}, Case{"2) a", RecordStart::none}, Case{"12", RecordStart::none},
                    Case{"3.5 GiB", RecordStart::none}, Case{"10:30 a", RecordStart::none},
                    Case{"May be", RecordStart::none}, Case{"March 3", RecordStart::none},
                    Case{"\tat a.B", RecordStart::none}, Case{"<init>", RecordStart::none},
                    Case{"99999999999999999999999999", RecordStart::none}, Case{"### SQL", RecordStart::none}));

}  // namespace
}  // namespace logsniffd::framing
