#include "config/template_fields.hpp"

#include <gtest/gtest.h>

#include <string>

namespace logsniffd::config {
namespace {

TEST(TemplateFields, EveryField_IsKnown) {
  for (const std::string field :
       {"time",     "time:%H:%M:%S.%f", "filter",    "protocol", "src",        "src.addr",   "src.port", "dst",
        "dst.addr", "dst.port",         "interface", "severity", "facility",   "host",       "app",      "pid",
        "msgid",    "message",          "integrity", "sent",     "field.NAME", "field.a b.c"}) {
    const auto count = count_template_fields("{" + field + "}");
    ASSERT_TRUE(count) << field;
    EXPECT_EQ(*count, 1U) << field;
  }
}

struct Counted {
  const char* text;
  std::size_t fields;
};
class FieldCount : public testing::TestWithParam<Counted> {};
TEST_P(FieldCount, IsCounted) { EXPECT_EQ(count_template_fields(GetParam().text).value(), GetParam().fields); }
INSTANTIATE_TEST_SUITE_P(All, FieldCount,
                         testing::Values(Counted{"", 0}, Counted{"plain", 0}, Counted{"{{time}}", 0},
                                         Counted{"{{{time}}}", 1}, Counted{"{time} {src}: {message}", 3},
                                         Counted{"{message}\t", 1}));

struct Faulty {
  const char* text;
  const char* message;
};
class FaultyTemplate : public testing::TestWithParam<Faulty> {};
TEST_P(FaultyTemplate, SaysWhatIsWrong) {
  const auto count = count_template_fields(GetParam().text);
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().message(), GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(
    All, FaultyTemplate,
    testing::Values(Faulty{"{mesage}", "{mesage}: unknown field (did you mean 'message'?)"},
                    Faulty{"{src.prot}", "{src.prot}: unknown field (did you mean 'src.port'?)"},
                    Faulty{"{Time}", "{Time}: unknown field (did you mean 'time'?)"},
                    Faulty{"{x}",
                           "{x}: unknown field; use time, filter, protocol, src, src.addr, src.port, dst, dst.addr, "
                           "dst.port, interface, "
                           "severity, facility, host, app, pid, msgid, sent, message or integrity, or field.NAME"},
                    Faulty{"{}", "{}: names no field; use a field such as {message}, or {{ and }} for braces"},
                    Faulty{"{field.}", "{field.}: names no field of the sender; use {field.NAME}"},
                    Faulty{"{time:}", "{time:}: has no format behind ':'; use such as {time:%H:%M:%S}"},
                    Faulty{"{host:%H}", "{host:%H}: takes no format behind ':'; only time and sent do"},
                    Faulty{"{time", "{: is never closed; write {{ for a brace"},
                    Faulty{"{time{", "{: is never closed; write {{ for a brace"},
                    Faulty{"{ti{me}", "{: is never closed; write {{ for a brace"},
                    Faulty{"a}b", "}: closes no field; write }} for a brace"},
                    Faulty{"{time}}", "}: closes no field; write }} for a brace"},
                    Faulty{"\x1b[31m{time}", "the template: holds a line break or control character; remove it"}));

}  // namespace
}  // namespace logsniffd::config
