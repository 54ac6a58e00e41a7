// Configurations that are accepted, with exactly the warning that `logsniffd check` prints for each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> warnings(const std::string& yaml) {
  const LoadResult result = load(yaml);
  EXPECT_TRUE(result.ok()) << testing::PrintToString(lines_of(result.problems));
  return lines_of(result.problems);
}

// Two filters, on lines 2 and 3, the first of which is final.
std::vector<std::string> of_filters(const std::string& first, const std::string& second) {
  return warnings("filters:\n  - {name: a, final: true, to: [out]" + first + "}\n  - {name: b, to: [out]" + second +
                  "}" + kSinks);
}

struct Pair {
  std::string first;
  std::string second;
};
std::ostream& operator<<(std::ostream& out, const Pair& pair) { return out << pair.first << " before " << pair.second; }

class Shadowed : public testing::TestWithParam<Pair> {};
TEST_P(Shadowed, IsWarnedOf) {
  EXPECT_THAT(of_filters(GetParam().first, GetParam().second),
              ElementsAre("f.yaml:3:5: warning: filters[1]: never takes a record: filter a on line 2 is final and "
                          "takes them all; move this filter above it, or remove one of them"));
}
INSTANTIATE_TEST_SUITE_P(
    All, Shadowed,
    testing::Values(
        Pair{"", ", port: 514"}, Pair{"", ""}, Pair{", port: 514", ", port: 514, severity: err"},
        Pair{", ports: [1-500, 501-1000]", ", ports: [7, 400-600]"}, Pair{", protocol: udp", ", protocol: udp"},
        Pair{", port: 5, direction: to", ", port: 5, direction: to"}, Pair{", port: 5", ", port: 5, direction: from"},
        Pair{", networks: [10.0.0.0/8]", ", networks: [10.1.0.0/16, 10.2.2.2]"},
        Pair{", networks: ['::/0', 0.0.0.0/0]", ", networks: ['fd00::/8', 10.0.0.0/8]"},
        Pair{", severity: info", ", severity: warning"}, Pair{", match: [x, y]", ", match: [y], exclude: [z]"},
        Pair{", exclude: [x]", ", exclude: [y, x]"}, Pair{", where: {host: a}", ", where: {app: b, host: a}"},
        Pair{", framing: lines, multiline: {start: '^-'}", ", framing: lines, multiline: {start: '^-'}, port: 1"}));

class NotShadowed : public testing::TestWithParam<Pair> {};
TEST_P(NotShadowed, IsNotWarnedOf) { EXPECT_THAT(of_filters(GetParam().first, GetParam().second), IsEmpty()); }
INSTANTIATE_TEST_SUITE_P(
    All, NotShadowed,
    testing::Values(Pair{", port: 514", ""}, Pair{", port: 514", ", port: 515"},
                    Pair{", ports: [1-500, 502-1000]", ", ports: [400-600]"}, Pair{", protocol: udp", ""},
                    Pair{", port: 5, direction: to", ", port: 5"}, Pair{", networks: [10.0.0.0/8]", ""},
                    Pair{", networks: [10.0.0.0/8]", ", networks: [10.1.0.0/16, 192.0.2.1]"},
                    Pair{", networks: [10.1.0.0/16]", ", networks: [10.0.0.0/8]"},
                    Pair{", networks: ['::/0']", ", networks: [10.0.0.0/8]"},
                    Pair{", severity: warning", ", severity: info"}, Pair{", severity: warning", ""},
                    Pair{", match: [x]", ""}, Pair{", match: [x]", ", match: [x, y]"},
                    Pair{", exclude: [x, y]", ", exclude: [x]"}, Pair{", where: {host: a}", ", where: {host: b}"},
                    Pair{", framing: lines", ""}, Pair{", decode: json", ", decode: syslog"},
                    Pair{"", ", multiline: traceback"}, Pair{", multiline: {start: a}", ", multiline: {start: b}"}));

TEST(Shadow, OfAFilterThatIsNotFinal_IsNone) {
  EXPECT_THAT(warnings("filters:\n  - {name: a, to: [out]}\n  - {name: b, to: [out]}" + kSinks), IsEmpty());
}

std::vector<std::string> of_filter(const std::string& keys) {
  return warnings("filters:\n  - name: a\n    to: [out]\n" + keys + kSinks);
}

TEST(NeverMatches, ExcludeOfEveryMatch) {
  EXPECT_THAT(of_filter("    match: [x, y]\n    exclude: [y, z, x]"),
              ElementsAre("f.yaml:4:5: warning: filters[0].match: never passes, because 'exclude' has the same "
                          "expressions; remove them there or here"));
  EXPECT_THAT(of_filter("    match: [x, y]\n    exclude: [y]"), IsEmpty());
}

TEST(NeverMatches, SeverityThatIsNone) {
  EXPECT_THAT(of_filter("    where: {severity: warn}\n    severity: warning"),
              ElementsAre("f.yaml:4:5: warning: filters[0].where.severity: never passes: no severity that "
                          "this filter takes (emerg, alert, crit, err, warning) passes this test"));
  EXPECT_THAT(of_filter("    where: {severity: 'warning|info'}\n    severity: warning"), IsEmpty());
}

TEST(NeverMatches, WhereOnAValueThatPlainDoesNotFind) {
  EXPECT_THAT(of_filter("    where: {host: web}\n    decode: plain"),
              ElementsAre("f.yaml:4:5: warning: filters[0].where.host: never passes, because 'decode: plain' finds "
                          "only the message; use another decode"));
  EXPECT_THAT(of_filter("    where: {interface: lo}\n    decode: plain"), IsEmpty());
}

std::vector<std::string> of_sinks(const std::string& a, const std::string& b) {
  return warnings("filters: [{name: app, to: [a, b]}, {name: web, to: [a]}]\nsinks:\n  a: {type: file, path: " + a +
                  "}\n  b: {type: file, path: " + b + "}");
}

TEST(SharedFile, InTwoFormats) {
  EXPECT_THAT(of_sinks("'/l/{filter}.log'", "/l/app.log, format: json"),
              ElementsAre("f.yaml:4:3: warning: sinks.b.path: /l/app.log is also written by sink a on line 3, in "
                          "another format; give it a path of its own"));
  EXPECT_THAT(of_sinks("'/l/{host}.log'", "'/l/{host}.log', format: json"), testing::SizeIs(1));
}

TEST(SharedFile, ThatOneRotates) {
  EXPECT_THAT(of_sinks("/l/x", "/l/x, rotate: {size: 1MiB}"),
              ElementsAre("f.yaml:4:3: warning: sinks.b.path: /l/x is also written by sink a on line 3, and rotation "
                          "by one of them confuses the other; use one sink for both"));
}

TEST(SharedFile, ThatIsNone) {
  EXPECT_THAT(of_sinks("/l/x", "/l/x"), IsEmpty());
  EXPECT_THAT(of_sinks("/l/web.log", "'/l/{filter}.log', format: json"), IsEmpty());  // web does not go to b
}

TEST(Conflicts, BesideAnError_AreNotReported) {
  EXPECT_THAT(lines_of("filters: [{name: a, final: true, to: [out]}, {name: b, port: 0, to: [out]}]" + kSinks),
              ElementsAre(testing::HasSubstr("0 is not a valid port")));
}

TEST(Conflicts, MoreThanTheLimitOfProblems_AreStillNoError) {
  std::string yaml = "filters:\n";
  for (int i = 0; i < 64; ++i) {
    yaml += "  - {name: f" + std::to_string(i) + ", direction: to, to: [out], decode: plain, where: {host: x}, " +
            "match: [x], exclude: [x]}\n";
  }
  EXPECT_TRUE(load(yaml + kSinks).ok());
}

}  // namespace
}  // namespace logsniffd::config
