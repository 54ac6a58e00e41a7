// What products send (senders.txt), and the table that lists the products for users (docs/senders.md).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/record/syslog/syslog.hpp"
#include "tests/support/moment.hpp"
#include "tests/unit/record/syslog/syslog_case.hpp"

namespace logsniffd::record::syslog {
namespace {

using namespace test;

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

void set(SyslogCase& c, const std::string& key, const std::string& value) {
  const std::map<std::string, std::string*> texts{{"product", &c.name}, {"source", &c.source}, {"wire", &c.wire},
                                                  {"sent", &c.sent},    {"host", &c.host},     {"app", &c.app},
                                                  {"pid", &c.pid},      {"msgid", &c.msgid},   {"message", &c.message}};
  if (key == "facility") {
    c.facility = std::stoi(value);
  } else if (key == "severity") {
    c.severity = std::stoi(value);
  } else if (key == "field") {
    const std::size_t equals = value.find('=');
    c.fields.emplace_back(value.substr(0, equals), value.substr(equals + 1));
  } else {
    ASSERT_TRUE(texts.contains(key)) << key;
    *texts.at(key) = value;
  }
}

std::vector<SyslogCase> read_cases() {
  std::vector<SyslogCase> cases;
  for (const std::string& line : lines_of(LOGSNIFFD_SENDERS_FILE)) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t colon = line.find(": ");
    if (line.starts_with("product: ")) cases.emplace_back();
    if (colon == line.npos || cases.empty()) {
      ADD_FAILURE() << "not a key and a value: " << line;
      continue;
    }
    set(cases.back(), line.substr(0, colon), line.substr(colon + 2));
  }
  return cases;
}

const std::vector<SyslogCase>& cases() {
  static const std::vector<SyslogCase> all = read_cases();
  return all;
}

struct Parsed {
  LogRecord record;
  std::vector<Field> fields;
  std::string unescaped;
};

// Parses in place, because the record points into `parsed`.
bool parse(std::string_view wire, Parsed& parsed) {
  parsed.record.captured_at = moment(kCapturedAt);
  return parse_syslog(wire, parsed.record, parsed.fields, parsed.unescaped);
}

TEST(Senders, LineOfEachProduct_IsReadInFull) {
  for (const SyslogCase& c : cases()) {
    SCOPED_TRACE(c.name + ": " + c.wire);
    Parsed parsed;
    ASSERT_TRUE(parse(c.wire, parsed));
    const LogRecord& record = parsed.record;
    EXPECT_EQ(int{record.facility.value_or(99)}, c.facility);
    EXPECT_EQ(record.severity ? static_cast<int>(*record.severity) : -1, c.severity);
    EXPECT_EQ(record.sent ? to_text(*record.sent) : "", c.sent);
    EXPECT_EQ(record.host, c.host);
    EXPECT_EQ(record.app, c.app);
    EXPECT_EQ(record.pid, c.pid);
    EXPECT_EQ(record.msgid, c.msgid);
    EXPECT_EQ(record.message, c.message);
    std::vector<std::pair<std::string, std::string>> fields;
    for (const Field& field : record.fields) fields.emplace_back(field.name, field.value);
    EXPECT_EQ(fields, c.fields);
  }
}

bool lies_in(std::string_view part, std::string_view whole) {
  const std::less_equal<const char*> in_order;
  return part.empty() ||
         (in_order(whole.data(), part.data()) && in_order(part.data() + part.size(), whole.data() + whole.size()));
}

// No value lies outside the text, and the message always reaches to the end of the text.
TEST(Senders, LineCutAnywhere_LosesNothingBehindItsHeader) {
  for (const SyslogCase& c : cases()) {
    SCOPED_TRACE(c.name);
    for (std::size_t length = c.wire.find('>') + 1; length <= c.wire.size(); ++length) {
      const std::vector<char> copy(c.wire.begin(), c.wire.begin() + static_cast<std::ptrdiff_t>(length));
      const std::string_view text(copy.data(), copy.size());
      Parsed parsed;
      ASSERT_TRUE(parse(text, parsed)) << length;
      for (const std::string_view part :
           {parsed.record.host, parsed.record.app, parsed.record.pid, parsed.record.msgid, parsed.record.message}) {
        ASSERT_TRUE(lies_in(part, text)) << length;
      }
      const std::string_view message = parsed.record.message;
      ASSERT_TRUE(message.empty() || message.data() + message.size() == text.data() + text.size()) << length;
    }
  }
}

// If a line is cut inside its header, its host, if any, is that of the whole line or a part before the cut.
TEST(Senders, LineCutAnywhere_HasNoOtherHost) {
  for (const SyslogCase& c : cases()) {
    SCOPED_TRACE(c.name);
    for (std::size_t length = c.wire.find('>') + 1; length <= c.wire.size(); ++length) {
      const std::string text = c.wire.substr(0, length);
      Parsed parsed;
      ASSERT_TRUE(parse(text, parsed));
      if (parsed.record.host.empty()) continue;
      EXPECT_TRUE(c.host.starts_with(parsed.record.host)) << text << "\nhas the host " << parsed.record.host;
    }
  }
}

TEST(Senders, Products_AreManyAndDistinct) {
  std::set<std::string> products;
  for (const SyslogCase& c : cases()) {
    EXPECT_TRUE(products.insert(c.name).second) << c.name;
    EXPECT_TRUE(c.source.starts_with("https://")) << c.name;
  }
  EXPECT_GE(products.size(), 60U);
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all.empty() ? "the message" : all;
}

// The parts that are read in addition to facility, severity and message.
std::string what_is_read(const SyslogCase& c) {
  std::vector<std::string> read;
  const std::pair<const char*, const std::string*> parts[] = {
      {"sent", &c.sent}, {"host", &c.host}, {"app", &c.app}, {"pid", &c.pid}, {"msgid", &c.msgid}};
  for (const auto& [word, value] : parts) {
    if (!value->empty()) read.emplace_back(word);
  }
  if (!c.fields.empty()) read.emplace_back("fields");
  return joined(read);
}

std::string row_of(const SyslogCase& c) {
  constexpr std::size_t kShown = 72;
  std::string line;
  for (const char character : c.wire.substr(0, kShown)) {
    if (character == '|') line += '\\';
    line += character;
  }
  if (c.wire.size() > kShown) line += "...";
  return fmt::format("| {} | [source]({}) | `{}` | {} |", c.name, c.source, line, what_is_read(c));
}

TEST(SendersDocument, EveryRow_IsThatOfItsLine) {
  std::vector<std::string> rows;
  for (const std::string& line : lines_of(LOGSNIFFD_DOCS_DIR "/senders.md")) {
    if (line.find("](https://") != line.npos && line.starts_with("| ")) rows.push_back(line);
  }
  std::vector<std::string> wanted;
  for (const SyslogCase& c : cases()) wanted.push_back(row_of(c));
  EXPECT_EQ(rows, wanted);
}

}  // namespace
}  // namespace logsniffd::record::syslog
