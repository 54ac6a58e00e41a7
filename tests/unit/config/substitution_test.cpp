// References to variables, files and credentials: what takes their place, and that no message shows it.
#include "config/substitution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "config/tree.hpp"
#include "tests/unit/config/fake_sources.hpp"
#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class References : public testing::Test {
 protected:
  // A plain text, and its fault.
  std::string replaced(const std::string& text) {
    Node node;
    node.kind = Node::Kind::scalar;
    node.text = text;
    Substitution(sources_, kMaxText).replace_references(node);
    return node.fault.empty() ? node.text : "fault: " + node.fault;
  }
  LoadResult read(const std::string& yaml) { return load(yaml, "/etc/main.yaml", sources_); }
  std::vector<std::string> problems(const std::string& yaml) { return lines_of(read(yaml).problems); }

  FakeSources sources_;
};

TEST_F(References, Variables_AreReplaced) {
  sources_.variables = {{"A", "one"}, {"_b2", "two"}, {"EMPTY", ""}};
  EXPECT_EQ(replaced("${A}"), "one");
  EXPECT_EQ(replaced("<${A}${_b2}>"), "<onetwo>");
  EXPECT_EQ(replaced("${EMPTY}"), "");
  EXPECT_EQ(replaced("${A:-x}"), "one");
}

TEST_F(References, Default_ReplacesWhatIsUnsetOrEmpty) {
  sources_.variables = {{"EMPTY", ""}};
  EXPECT_EQ(replaced("${NO:-x y:-$z}"), "x y:-$z");
  EXPECT_EQ(replaced("${EMPTY:-x}"), "x");
  EXPECT_EQ(replaced("${NO:-}"), "");
}

TEST_F(References, DollarBeforeAReference_MakesItText) {
  sources_.variables = {{"A", "one"}};
  EXPECT_EQ(replaced("$${A}"), "${A}");
  EXPECT_EQ(replaced("$${NO}${A}"), "${NO}one");
  EXPECT_EQ(replaced("$$${A}"), "$${A}");
  EXPECT_EQ(replaced("$${file:/x}"), "${file:/x}");
}

TEST_F(References, EverythingElseWithADollar_StaysAsItIs) {
  for (const std::string text : {"$", "^a$", "$$", "$A", "${", "${}", "${A", "${2}", "x${2,3}", "${a b}", "$ {A}",
                                 "${A-x}", "a$}", "(a|b)${1}$", "${file:/x", "$$${", "${{time}}"}) {
    EXPECT_EQ(replaced(text), text);
  }
}

TEST_F(References, WhatTakesThePlaceOfOne_IsNotSearched) {
  sources_.variables = {{"A", "${B}$"}, {"B", "no"}};
  EXPECT_EQ(replaced("${A}{B}"), "${B}${B}");
}

TEST_F(References, FilesAndCredentials_LoseOneLineFeed) {
  sources_.files = {{"/run/x", "a\nb\n\n"}, {"/run/y", "a"}, {"/run/credentials/l/key", "k\n"}};
  sources_.variables = {{"CREDENTIALS_DIRECTORY", "/run/credentials/l"}};
  EXPECT_EQ(replaced("<${file:/run/x}>"), "<a\nb\n>");
  EXPECT_EQ(replaced("${file:/run/y}"), "a");
  EXPECT_EQ(replaced("${credential:key}"), "k");
}

TEST_F(References, Faults_SayWhatToDo) {
  sources_.reasons = {{"/run/z", "Permission denied"}};
  EXPECT_EQ(replaced("${NO}"),
            "fault: the environment variable NO is not set; add Environment=NO=VALUE to a drop-in (systemctl edit "
            "logsniffd), give a default as in ${NO:-VALUE}, or write $${NO} for the text itself");
  EXPECT_EQ(replaced("${A:-${B}}"), "fault: the default of ${A:-...} holds another reference; use a plain text");
  EXPECT_EQ(
      replaced("${fil:/x}"),
      "fault: '${fil:/x}' is not a reference (did you mean 'file'?); use ${NAME}, ${NAME:-default}, ${file:/path} "
      "or ${credential:NAME}, or write one more $ before it for the text itself");
  EXPECT_EQ(
      replaced("${A:=x}"),
      "fault: '${A:=x}' is not a reference; use ${NAME}, ${NAME:-default}, ${file:/path} or ${credential:NAME}, or "
      "write one more $ before it for the text itself");
  EXPECT_EQ(replaced("${file:x}"), "fault: '${file:x}' has no absolute path; start it with /");
  EXPECT_EQ(replaced("${file:/run/z}"),
            "fault: cannot read '/run/z': Permission denied; it has to be a file that the user that runs logsniffd can "
            "read");
  EXPECT_EQ(
      replaced("${credential:key}"),
      "fault: cannot read the credential 'key': CREDENTIALS_DIRECTORY is not set; add LoadCredential=key:/PATH to a "
      "drop-in (systemctl edit logsniffd), and restart it");
  EXPECT_EQ(replaced("${credential:a/b}"),
            "fault: 'a/b' is not a name of a credential; use the one in LoadCredential=");
  sources_.variables = {{"CREDENTIALS_DIRECTORY", "/run/c"}};
  EXPECT_EQ(replaced("${credential:key}"),
            "fault: cannot read the credential 'key': No such file or directory; add LoadCredential=key:/PATH to a "
            "drop-in (systemctl edit logsniffd), and restart it");
}

TEST_F(References, TextsThatNoValueMayHave_AreRefused) {
  sources_.files = {
      {"/nul", std::string("a\0b", 3)}, {"/latin", "caf\xe9"}, {"/big", std::string(kMaxReplacement + 1, 'x')}};
  EXPECT_EQ(replaced("${file:/nul}"), "fault: '${file:/nul}' is replaced by a text with a NUL byte; remove it");
  EXPECT_EQ(replaced("${file:/latin}"),
            "fault: '${file:/latin}' is replaced by bytes that are not UTF-8; save them as UTF-8");
  EXPECT_EQ(replaced("${file:/big}"), "fault: '${file:/big}' is replaced by more than 64KiB; make it smaller");
  sources_.files["/big"].pop_back();
  EXPECT_EQ(replaced("${file:/big}").size(), kMaxReplacement);
}

TEST_F(References, AllReplacementsTogether_AreBounded) {
  sources_.variables = {{"A", std::string(kMaxReplacement, 'x')}};
  std::string many;
  for (std::size_t i = 0; i < kMaxText / kMaxReplacement; ++i) many += "${A}";
  EXPECT_EQ(replaced(many).size(), kMaxText);
  EXPECT_EQ(replaced(many + "${A}"),
            "fault: '${A}' is one too many: all values together are too large; use fewer references");
}

// Whoever looks for the closing brace of each again would need minutes.
TEST_F(References, OpenOnes_AreReadInOnePass) {
  std::string many;
  for (std::size_t i = 0; i < kMaxText / 4; ++i) many += "${a:";
  EXPECT_EQ(replaced(many), many);
}

TEST_F(References, TypedValues_TakeTheTypeOfTheReplacement) {
  sources_.variables = {{"PORT", "514"}, {"ON", "true"}, {"SIZE", "1KiB"}, {"NET", "10.0.0.0/8"}, {"LEVEL", "err"}};
  const LoadResult result = read(
      "capture: {promiscuous: '${ON}', snaplen: '${SIZE}'}\nfilters:\n- name: a\n  port: ${PORT}\n  networks: "
      "['${NET}']\n  severity: ${LEVEL}\n  to: [out]\nsinks: {out: {type: stdout}}\n");
  EXPECT_THAT(lines_of(result.problems), IsEmpty());
  EXPECT_TRUE(result.config.capture.promiscuous);
  EXPECT_EQ(result.config.capture.snaplen, 1 * kKiB);
  EXPECT_EQ(result.config.filters.at(0).ports.at(0).first, 514);
  EXPECT_EQ(result.config.filters.at(0).networks.size(), 1U);
  EXPECT_EQ(result.config.filters.at(0).severity, record::Severity::err);
}

TEST_F(References, NoReplacement_ChangesTheStructure) {
  sources_.variables = {{"A", "x\ndaemon: {log_level: debug}"}, {"K", "name"}};
  const LoadResult result = read("filters: [{name: a, match: ['${A}'], to: [out]}]\nsinks: {out: {type: stdout}}\n");
  EXPECT_THAT(lines_of(result.problems), IsEmpty());
  EXPECT_THAT(result.config.filters.at(0).match, ElementsAre("x\ndaemon: {log_level: debug}"));
  EXPECT_EQ(result.config.daemon.log_level, "info");
  EXPECT_THAT(problems("limits: {'${K}': 1}" + kRest),
              ElementsAre(HasSubstr("limits.${K}: unknown key; use connections")));
}

TEST_F(References, Include_MayHoldThem) {
  sources_.variables = {{"DIR", "/srv"}};
  sources_.files = {{"/srv/a.yaml", kRest}};
  EXPECT_TRUE(read("include: ${DIR}/a.yaml").ok());
}

TEST_F(References, UnsetVariable_IsShownWithItsPlace) {
  EXPECT_THAT(problems("filters:\n- name: a\n  port: ${PORT}\n  to: [out]" + kSinks),
              ElementsAre("/etc/main.yaml:3:9: filters[0].port: the environment variable PORT is not set; add "
                          "Environment=PORT=VALUE to a drop-in (systemctl edit logsniffd), give a default as in "
                          "${PORT:-VALUE}, or write $${PORT} for the text itself"));
}

// Each message as it is without a reference, but with the text as written.
TEST_F(References, Messages_ShowThemAsWritten) {
  sources_.variables = {{"PORT", "70000"},   {"WORD", "linez"}, {"SIZE", "9876543B"},
                        {"NUMBER", "31337"}, {"PATH", "srv/x"}, {"RANGE", "6000-6010"}};
  EXPECT_THAT(
      problems("filters:\n- {name: a, port: '${PORT}', framing: '${WORD}', to: [out]}\n- {name: b, port: "
               "'${RANGE}', to: [out]}\ncapture: {snaplen: '${SIZE}', latency: '${NUMBER}'}\nsinks:\n  out: {type: "
               "file, path: '${PATH}'}\n"),
      ElementsAre("/etc/main.yaml:2:19: filters[0].port: '${PORT}' is not a valid port (1 to 65535)",
                  "/etc/main.yaml:2:39: filters[0].framing: '${WORD}' is unknown (did you mean 'lines'?); use "
                  "auto, lines, nul, octet, length or datagram",
                  "/etc/main.yaml:3:19: filters[1].port: '${RANGE}' is a range; use ports: ['${RANGE}']",
                  "/etc/main.yaml:4:20: capture.snaplen: '${SIZE}' is too large; use 64B to 256KiB",
                  "/etc/main.yaml:4:40: capture.latency: '${NUMBER}' has no unit; use a time such as 30s (units: "
                  "us, ms, s, m, h, d)",
                  "/etc/main.yaml:6:27: sinks.out.path: '${PATH}' is not an absolute path; start it with /"));
}

const std::string kUntold =
    " is not replaced by a valid value for this key; the reason is not shown, because it could tell the value";

TEST_F(References, MessageThatWouldTellAPiece_IsLeftOut) {
  sources_.variables = {{"NET", "10.1.2.3/8"}, {"RE", "[[:hidden:]]"}};
  EXPECT_THAT(problems("filters: [{name: a, networks: ['${NET}'], match: ['${RE}'], to: [out]}]" + kSinks),
              ElementsAre("/etc/main.yaml:1:32: filters[0].networks[0]: '${NET}'" + kUntold,
                          "/etc/main.yaml:1:51: filters[0].match[0]: '${RE}'" + kUntold));
}

// In every place where a value can be, with secrets that are wrong there for many reasons.
TEST_F(References, Secrets_AreInNoMessage) {
  const std::vector<std::string> secrets{"hunter2",    "x(",    "\\q",     "70000", "a:b/c",    "{nope}",
                                         "0",          "12345", "9999GiB", "/tmp/", "\x07\x1b", std::string(5000, 's'),
                                         "10.1.2.3/8", "..",    "linez"};
  const std::string yaml = R"(
capture: {interfaces: ['S'], promiscuous: 'S', snaplen: 'S', latency: 'S'}
limits: {connections: 'S', idle: 'S'}
filters:
- {name: 'S', port: 'S', protocol: 'S', direction: 'S', networks: ['S'], framing: 'S', multiline: {start: 'S', indent: 'S'},
   decode: 'S', where: {host: 'S'}, match: ['S'], exclude: ['S'], severity: 'S', final: 'S', to: ['S'],
   redact: [{pattern: 'S', with: 'S'}, {pattern: 'a', with: 'S'}]}
- {name: b, ports: ['S'], framing: {method: 'S', delimiter: 'S', bytes: 'S'}, multiline: 'S', to: [f, s, j, o]}
sinks:
  f: {type: file, path: 'S', format: 'S', mode: 'S', rotate: {size: 'S', keep: 'S', compress: 'S'}, sync: 'S', queue: 'S'}
  s: {type: syslog, to: 'S', protocol: 'S', facility: 'S', tag: 'S', trust: 'S', tls: {ca: 'S', verify: 'S', server_name: 'S'}}
  j: {type: journald, identifier: 'S', spool: {path: 'S', size: 'S'}}
  o: {type: 'S'}
daemon: {log_level: 'S', control: 'S', metrics: 'S'}
)";
  for (const std::string& secret : secrets) {
    sources_.files["/s"] = secret;
    std::string with_secret;
    for (const char c : yaml) with_secret += c == 'S' ? std::string("${file:/s}") : std::string(1, c);
    const std::vector<std::string> lines = problems(with_secret);
    EXPECT_GT(lines.size(), 20U);
    EXPECT_GT(
        std::count_if(lines.begin(), lines.end(), [](const std::string& line) { return line.ends_with(kUntold); }), 15);
    if (secret.size() > 3) {
      EXPECT_THAT(lines, Each(Not(HasSubstr(secret)))) << secret;
    }
  }
}

}  // namespace
}  // namespace logsniffd::config
