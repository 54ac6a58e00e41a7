// Files that a configuration includes: which, in which order, how they are merged, and where their problems are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/document.hpp"
#include "config/tree.hpp"
#include "tests/unit/config/fake_sources.hpp"
#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kMain = "/etc/main.yaml";

std::vector<std::string> names_of(const Config& config) {
  std::vector<std::string> names;
  for (const Filter& filter : config.filters) names.push_back(filter.name);
  for (const Sink& sink : config.sinks) names.push_back(sink.name);
  return names;
}

class Include : public testing::Test {
 protected:
  LoadResult read(const std::string& yaml) { return load(yaml, kMain, sources_); }
  std::vector<std::string> problems(const std::string& yaml) { return lines_of(read(yaml).problems); }
  std::vector<std::string> names(const std::string& yaml) {
    const LoadResult result = read(yaml);
    EXPECT_THAT(lines_of(result.problems), IsEmpty());
    return names_of(result.config);
  }

  FakeSources sources_;
};

const std::string kGlob = "include: d/*.yaml\n";
const std::string kOne = "filters: [{name: one, to: [out]}]\nsinks: {out: {type: stdout}}\n";

std::string filter(const std::string& name) { return "filters: [{name: " + name + ", to: [out]}]\n"; }

TEST_F(Include, Glob_AddsTheFilesInTheByteOrderOfTheirNames) {
  sources_.files = {{"/etc/d/10.yaml", filter("ten")},  {"/etc/d/9.yaml", filter("nine")},
                    {"/etc/d/Z.yaml", filter("upper")}, {"/etc/d/a.yaml", filter("lower")},
                    {"/etc/d/a.yaml~", filter("x")},    {"/etc/d/.hidden.yaml", filter("x")}};
  EXPECT_THAT(names(kGlob + kOne), ElementsAre("one", "ten", "nine", "upper", "lower", "out"));
}

TEST_F(Include, List_AddsEachFileOnceInItsOrder) {
  sources_.files = {{"/etc/b.yaml", filter("b")}, {"/etc/d/c.yaml", filter("c")}, {"/srv/a.yaml", filter("a")}};
  EXPECT_THAT(names("include: [/srv/a.yaml, 'd/*', ./b.yaml, '*b.yaml']\n" + kOne),
              ElementsAre("one", "a", "c", "b", "out"));
}

TEST_F(Include, GlobWithoutAMatch_IsFine) {
  EXPECT_THAT(names(kGlob + kOne), ElementsAre("one", "out"));
  EXPECT_THAT(names("include: []\n" + kOne), ElementsAre("one", "out"));
  EXPECT_THAT(names("include: ''\n" + kOne), ElementsAre("one", "out"));
}

TEST_F(Include, SectionsOfSeveralFiles_AreMergedKeyByKey) {
  sources_.files = {{"/etc/d/a.yaml", "limits: {idle: 1s}\ndaemon: {log_level: debug}\ncapture:\n"},
                    {"/etc/d/b.yaml", "limits: {record: 1KiB}\nsinks: {more: {type: journald}}\n" + filter("b")},
                    {"/etc/d/c.yaml", "# nothing yet\n"},
                    {"/etc/d/d.yaml", "{}\n"},
                    {"/etc/d/e.yaml", "filters: [{name: e, to: [more]}]\n"}};
  const LoadResult result = read(kGlob + "capture: {promiscuous: true}\ndaemon:\n" + kOne);
  EXPECT_THAT(lines_of(result.problems), IsEmpty());
  EXPECT_THAT(names_of(result.config), ElementsAre("one", "b", "e", "out", "more"));
  EXPECT_EQ(result.config.limits.idle, std::chrono::seconds(1));
  EXPECT_EQ(result.config.limits.record, 1 * kKiB);
  EXPECT_EQ(result.config.daemon.log_level, "debug");
  EXPECT_TRUE(result.config.capture.promiscuous);
}

TEST_F(Include, MainFileAlone_MayHoldNothingElse) {
  sources_.files = {{"/etc/d/a.yaml", kOne}};
  EXPECT_THAT(names(kGlob), ElementsAre("one", "out"));
}

TEST_F(Include, Problem_IsShownInTheFileOfItsKey) {
  sources_.files = {{"/etc/d/a.yaml", "filters:\n- {name: a, to: [out]}\n- {name: b, por: 1, to: [out]}\n"},
                    {"/etc/d/b.yaml", "filters:\n- {name: c, port: 70000, to: [nowhere]}\nlimits: {idle: 1}\n"}};
  EXPECT_THAT(
      problems(kGlob + kOne + "capture: {latency: 0}\n"),
      ElementsAre(
          "/etc/main.yaml:4:20: capture.latency: 0 never means unlimited; use 1ms to 10s",
          "/etc/d/a.yaml:3:13: filters[1].por: unknown key (did you mean 'port'?)",
          "/etc/d/b.yaml:2:19: filters[0].port: 70000 is not a valid port (1 to 65535)",
          "/etc/d/b.yaml:2:31: filters[0].to[0]: 'nowhere' is not a sink; define it under sinks",
          "/etc/d/b.yaml:3:16: limits.idle: '1' has no unit; use a time such as 30s (units: us, ms, s, m, h, d)"));
}

TEST_F(Include, LineBreakInTheNameOfAFile_StaysOneLine) {
  sources_.files = {{"/etc/d/a\nb.yaml", "filtrs: 1\n"}};
  EXPECT_THAT(problems(kGlob + kOne),
              ElementsAre("/etc/d/a\\x0Ab.yaml:1:1: filtrs: unknown key (did you mean 'filters'?)"));
}

TEST_F(Include, Marks_NameTheFile) {
  sources_.files = {{"/etc/d/a.yaml", "filters:\n- name: a\n  match: [x]\n  to: [out]\n"}};
  const Config config = read(kGlob + kOne).config;
  EXPECT_EQ(config.filters.at(0).mark.place(kMain), "/etc/main.yaml:2");
  EXPECT_EQ(config.filters.at(1).mark.place(kMain), "/etc/d/a.yaml:2");
  EXPECT_EQ(config.filters.at(1).mark_of(filter::RouteVerdict::no_match).place(kMain), "/etc/d/a.yaml:3");
}

TEST_F(Include, WhatTwoFilesSet_IsRefusedWithBothPlaces) {
  sources_.files = {{"/etc/d/a.yaml", "sinks: {out: {type: journald}}\nlimits: {idle: 1s}\n" + filter("one")},
                    {"/etc/d/b.yaml", "limits: {idle: 2s}\nlimits: {idle: 3s}\n"}};
  EXPECT_THAT(
      problems(kGlob + kOne),
      ElementsAre("/etc/d/a.yaml:1:9: sinks.out: duplicate key, first in /etc/main.yaml:3; remove one of them",
                  "/etc/d/a.yaml:3:18: filters[0].name: 'one' is already the name of the filter in /etc/main.yaml:2; "
                  "rename one of them",
                  "/etc/d/b.yaml:1:10: limits.idle: duplicate key, first in /etc/d/a.yaml:2; remove one of them",
                  "/etc/d/b.yaml:2:1: limits: duplicate key, first on line 1; remove one of them",
                  "/etc/d/b.yaml:2:10: limits.idle: duplicate key, first in /etc/d/a.yaml:2; remove one of them"));
}

TEST_F(Include, SectionsOfDifferentKinds_AreRefused) {
  sources_.files = {{"/etc/d/a.yaml", "filters: {name: a}\nsinks: [a]\nlimits: 1\ncapture: 1\n"},
                    {"/etc/d/b.yaml", "capture: 1\n"}};
  EXPECT_THAT(
      problems(kGlob + kOne + "limits: {}\n"),
      ElementsAre("/etc/d/a.yaml:1:1: filters: is a mapping here, but a list in /etc/main.yaml:2; write both in "
                  "the same way",
                  "/etc/d/a.yaml:2:1: sinks: is a list here, but a mapping in /etc/main.yaml:3; write both in "
                  "the same way",
                  "/etc/d/a.yaml:3:1: limits: is a single value here, but a mapping in /etc/main.yaml:4; write "
                  "both in the same way",
                  "/etc/d/a.yaml:4:10: capture: '1' is a single value, but should be a mapping, with one "
                  "'key: value' per line",
                  "/etc/d/b.yaml:1:1: capture: duplicate key, first in /etc/d/a.yaml:4; remove one of them"));
}

TEST_F(Include, EmptyItem_IsShownInItsFile) {
  sources_.files = {{"/etc/d/a.yaml", "filters: [~]\n"}};
  EXPECT_THAT(problems(kGlob + kOne),
              ElementsAre("/etc/d/a.yaml:1:11: filters[0]: is empty; give it a name, a port and "
                          "sinks, or remove it"));
}

TEST_F(Include, IncludeInAnIncludedFile_IsRefused) {
  sources_.files = {{"/etc/d/a.yaml", "include: more.yaml\n"}};
  EXPECT_THAT(problems(kGlob + kOne), ElementsAre("/etc/d/a.yaml:1:1: include: an included file cannot include others; "
                                                  "list them in /etc/main.yaml"));
}

TEST_F(Include, FileItself_IsRefused) {
  sources_.files = {{kMain, kOne}};
  EXPECT_THAT(
      problems("include: /etc/*.yaml\n" + kOne),
      ElementsAre("/etc/main.yaml:1:10: include: '/etc/*.yaml' is also the name of this file; use a folder of its "
                  "own, such as /etc/logsniffd.d/*.yaml"));
}

TEST_F(Include, FileThatIsNotThere_IsRefused) {
  EXPECT_THAT(
      problems("include:\n- d/a.yaml\n" + kOne),
      ElementsAre("/etc/main.yaml:2:3: include[0]: cannot read /etc/d/a.yaml: No such file or directory; it has "
                  "to be a file that the user that runs logsniffd can read"));
}

TEST_F(Include, FolderThatCannotBeRead_IsRefused) {
  sources_.reasons = {{"/etc/d", "Permission denied"}};
  EXPECT_THAT(
      problems(kGlob + kOne),
      ElementsAre("/etc/main.yaml:1:10: include: cannot list the folder /etc/d: Permission denied; let the user "
                  "that runs logsniffd read it"));
}

TEST_F(Include, WordsThatNameNoFile_AreRefused) {
  for (const std::string text : {"/etc/d/", "..", "/"}) {
    EXPECT_THAT(problems("include: '" + text + "'\n" + kOne),
                ElementsAre("/etc/main.yaml:1:10: include: '" + text +
                            "' does not name a file; use a name or a glob, such as /etc/logsniffd.d/*.yaml"));
  }
  EXPECT_THAT(problems("include: '/etc/*/a.yaml'\n" + kOne),
              ElementsAre("/etc/main.yaml:1:10: include: '/etc/*/a.yaml' has a glob in the name of a folder; use globs "
                          "only after the last '/'"));
  EXPECT_THAT(problems("include:\n" + kOne),
              ElementsAre("/etc/main.yaml:1:1: include: has no value; give it a single value, or remove the key"));
}

// What the file would have held may be missing elsewhere, so nothing else is reported.
TEST_F(Include, FileThatIsNotYaml_IsRefusedAlone) {
  sources_.files = {{"/etc/d/a.yaml", "sinks: {x\n"}, {"/etc/d/b.yaml", "- x\n"}, {"/etc/d/c.yaml", "\xFF\xFE"}};
  EXPECT_THAT(problems(kGlob + "filters: [{name: a, to: [x]}]"),
              ElementsAre("/etc/d/a.yaml:3:1: not valid YAML: end of map flow not found; check the indentation, and "
                          "quote values that contain any of { } [ ] : # * & !",
                          "/etc/d/b.yaml:1:1: this is a list, but should be a mapping, with one 'key: value' per line",
                          "/etc/d/c.yaml:1:1: the file is encoded in UTF-16; save it as UTF-8"));
}

TEST_F(Include, AllTextsTogether_AreBounded) {
  const std::string main = kGlob + kOne;
  sources_.files = {{"/etc/d/a.yaml", std::string(kMaxText - main.size(), '#')}};
  EXPECT_THAT(problems(main), IsEmpty());
  sources_.files["/etc/d/b.yaml"] = "#";
  EXPECT_THAT(problems(main), ElementsAre("/etc/d/b.yaml:1:1: the file is larger than 4MiB together with the files "
                                          "before it; make it smaller"));
}

TEST_F(Include, AllValuesTogether_AreBounded) {
  std::string half = "x: [";
  for (std::size_t i = 0; i < kMaxNodes / 2; ++i) half += "1,";
  sources_.files = {{"/etc/d/a.yaml", half + "]"}, {"/etc/d/b.yaml", half + "]"}};
  EXPECT_THAT(problems(kGlob + kOne), ElementsAre(testing::AllOf(testing::StartsWith("/etc/d/b.yaml:1:"),
                                                                 testing::HasSubstr("more than 100000 values"))));
}

TEST_F(Include, FilesBeyondTheLimit_AreRefused) {
  for (std::size_t i = 0; i < kMaxIncluded; ++i) sources_.files["/etc/d/" + std::to_string(i) + ".yaml"] = "";
  EXPECT_THAT(problems(kGlob + kOne), IsEmpty());
  sources_.files["/etc/d/more.yaml"] = "";
  EXPECT_THAT(problems(kGlob + kOne),
              ElementsAre("/etc/main.yaml:1:10: include: includes more than 256 files; join some of them"));
}

}  // namespace
}  // namespace logsniffd::config
