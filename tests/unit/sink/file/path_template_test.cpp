#include "daemon/sink/file/path_template.hpp"

#include "tests/support/sink_fixture.hpp"

namespace logsniffd::sink::file {
namespace {

using namespace test;

std::string below(std::string_view path, const record::LogRecord& record) {
  auto parsed = PathTemplate::parse(path);
  if (!parsed) return parsed.error().message();
  std::string out;
  parsed->expand(record, "app", out);
  return out;
}

std::string for_host(std::string_view host) { return below("/var/log/{host}/x.log", from_host(host, "m")); }

TEST(PathTemplate, FixedDirectory_IsWhatComesBeforeTheFirstField) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"/var/log/a.log", "/var/log"},
      {"/var/log/{host}/a.log", "/var/log"},
      {"/var/log/x-{host}.log", "/var/log"},
      {"/{host}.log", "/"},
      {"/a.log", "/"},
      {"/var/{{x}}/{time:%Y/%m}.log", "/var/{x}"},
  };
  for (const auto& [path, directory] : cases) EXPECT_EQ(PathTemplate::parse(path)->directory(), directory) << path;
}

TEST(PathTemplate, WithoutFields_IsConstant) {
  EXPECT_TRUE(PathTemplate::parse("/var/log/{{a}}.log")->is_constant());
  EXPECT_EQ(below("/var/log/{{a}}.log", {}), "{a}.log");
  EXPECT_FALSE(PathTemplate::parse("/var/log/{app}.log")->is_constant());
}

TEST(PathTemplate, HostileValue_StaysOneComponent) {
  EXPECT_EQ(for_host("web1"), "web1/x.log");
  EXPECT_EQ(for_host(".."), "__/x.log");
  EXPECT_EQ(for_host("."), "_/x.log");
  EXPECT_EQ(for_host("../../etc/passwd"), "___.._etc_passwd/x.log");
  EXPECT_EQ(for_host("/etc"), "_etc/x.log");
  EXPECT_EQ(for_host(""), "_/x.log");
  EXPECT_EQ(for_host(".hidden"), "_hidden/x.log");
  EXPECT_EQ(for_host(std::string_view("a\0b\n", 4)), "a\\x00b\\n/x.log");
  EXPECT_EQ(below("/l/.{host}", from_host(".", "m")), "._");
  EXPECT_EQ(below("/l/{host}{app}", from_host(".", "m")), "__");
}

TEST(PathTemplate, SlashInTime_StaysOneComponent) {
  const InZone zone;
  EXPECT_EQ(below("/l/{time:%Y/%m}/{filter}.log", plain_record("m")), "2026_03/app.log");
}

TEST(PathTemplate, LongValue_IsCutAtTheComponentsBound) {
  const std::string path = below("/l/{host}/{host}.log", from_host(std::string(400, 'h'), "m"));
  EXPECT_EQ(path, std::string(255, 'h') + "/" + std::string(255, 'h'));
  std::string euros;
  for (int i = 0; i < 100; ++i) euros += "\xe2\x82\xac";
  EXPECT_EQ(for_host("x" + euros).size(), 1 + 84 * 3 + 6U);  // 253 bytes: with another character it would be 256
}

TEST(PathTemplate, WrongPath_NamesTheTrouble) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", ": the path must be absolute"},
      {"log/{host}", "log/{host}: the path must be absolute"},
      {"{host}/x", "{host}/x: the path must be absolute"},
      {"/var/log/", "/var/log/: it names a directory, not a file"},
      {"/var/log/{host}/", "/var/log/{host}/: it names a directory, not a file"},
      {"/var/log/{host}//x", "/var/log/{host}//x: it has an empty component"},
      {"/var/log/{host}/../x", "/var/log/{host}/../x: '.' and '..' must not follow the first field"},
      {"/var/log/..", "/var/log/..: '.' and '..' must not follow the first field"},
      {"/var/log/{hostt}", "/var/log/{hostt}: {hostt}: unknown field (did you mean 'host'?)"},
  };
  for (const auto& [path, expected] : cases) EXPECT_EQ(below(path, {}), expected);
}

}  // namespace
}  // namespace logsniffd::sink::file
