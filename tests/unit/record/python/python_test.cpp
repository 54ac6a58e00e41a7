#include "daemon/record/python/python.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/record/syslog/structured_data.hpp"
#include "tests/support/moment.hpp"
#include "tests/unit/record/python/python_vectors.hpp"

namespace logsniffd::record::python {
namespace {

using namespace test;

using namespace std::string_view_literals;
using Result = PythonReader::Result;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs(const LogRecord& record) {
  Pairs pairs;
  for (const Field& field : record.fields) pairs.emplace_back(field.name, field.value);
  return pairs;
}

// A record with the values of an earlier message, which must not remain.
LogRecord stale() {
  LogRecord record;
  record.severity = Severity::emerg;
  record.facility = 3;
  record.sent = moment("2000-01-01 00:00:00");
  record.host = record.app = record.pid = record.msgid = record.message = "stale";
  return record;
}

void expect_every_member(const RecordCase& c) {
  PythonReader reader;
  LogRecord record = stale();
  std::vector<Field> fields;
  ASSERT_EQ(reader.read(as_bytes(c.frame), record, fields), Result::whole);
  EXPECT_EQ(record.message, c.message);
  ASSERT_TRUE(record.severity.has_value());
  EXPECT_EQ(static_cast<int>(*record.severity), c.severity);
  ASSERT_TRUE(record.sent.has_value());
  EXPECT_EQ(to_text(*record.sent), kSent);
  EXPECT_EQ(record.app, c.app);
  EXPECT_EQ(record.pid, kPid);
  EXPECT_EQ(record.host, "");
  EXPECT_EQ(record.msgid, "");
  EXPECT_FALSE(record.facility.has_value());
  EXPECT_EQ(record.integrity, Integrity::whole);
  EXPECT_EQ(pairs(record), Pairs(c.fields.begin(), c.fields.end()));
  EXPECT_EQ(reader.counters().refused_opcodes.get(), c.refused);
  EXPECT_EQ(reader.counters().format_errors.get(), 0U);
  EXPECT_FALSE(reader.cut());
}

TEST(Python311, EveryRecordInEachProtocol_EveryMember) {
  ASSERT_GT(record_cases().size(), 100U);
  for (const RecordCase& c : record_cases()) {
    SCOPED_TRACE(c.name);
    expect_every_member(c);
  }
}

TEST(Python311, EveryTruncation_LeavesTheRecordAsItWas) {
  PythonReader reader;
  std::vector<Field> fields;
  for (const RecordCase& c : record_cases()) {
    for (std::size_t size = 0; size < c.frame.size(); ++size) {
      // An exact-size copy, so that a sanitizer sees the first byte after the end.
      const std::vector<char> exact(c.frame.begin(), c.frame.begin() + static_cast<std::ptrdiff_t>(size));
      LogRecord record = stale();
      ASSERT_EQ(reader.read(as_bytes({exact.data(), size}), record, fields), Result::not_python) << c.name << size;
      ASSERT_EQ(record.message, "stale") << c.name << size;
      ASSERT_EQ(record.severity, Severity::emerg) << c.name << size;
    }
  }
}

TEST(Python311, LooksLikeItself_FromProtocolOneOn) {
  for (const RecordCase& c : record_cases()) {
    EXPECT_EQ(looks_like_python(as_bytes(c.frame)), !c.name.ends_with("protocol0")) << c.name;
  }
}

struct Parsed {
  Result result = Result::whole;
  LogRecord record;
  std::vector<Field> fields;
};

// Parses in place, because the record points into `parsed`.
void parse(PythonReader& reader, std::string_view frame, Parsed& parsed) {
  parsed.record = stale();
  parsed.result = reader.read(as_bytes(frame), parsed.record, parsed.fields);
}

// A dict in protocol 1; its values are already pickled.
std::string pickled(const std::vector<std::pair<std::string, std::string>>& items) {
  std::string text = "}(";
  for (const auto& [key, value] : items) {
    text += "U";
    text += static_cast<char>(key.size());
    text += key + value;
  }
  return text + "u.";
}

std::string text(std::string_view value) { return fmt::format("S'{}'\n", value); }
std::string number(long value) { return fmt::format("I{}\n", value); }

TEST(PythonRecord, NoLogRecord_IsRefused) {
  PythonReader reader;
  for (const std::string& frame : {
           std::string("N."), std::string("]."), std::string("cos\nsystem\n(S'rm'\ntR."), std::string("}."),
           pickled({{"name", text("x")}}), std::string("}(K\x01NU\x03msgNu."), std::string("}(NNu."),
           std::string("}U\x03msgNs}b."),                             // BUILD on the dict
           std::string("ccollections\nOrderedDict\n)R(U\x03msgNu."),  // a dict that only code can create
       }) {
    Parsed parsed;
    parse(reader, frame, parsed);
    EXPECT_EQ(parsed.result, Result::refused) << frame;
    EXPECT_EQ(parsed.record.message, "stale") << frame;
  }
}

TEST(PythonRecord, NoPickle_IsNotPython) {
  PythonReader reader;
  for (const std::string_view frame :
       {""sv, "."sv, "hello"sv, "<14>x"sv, "{\"a\": 1}"sv, "\0\0\0\x01x"sv, "\0\0\0\0"sv, "}q\0(."sv}) {
    Parsed parsed;
    parse(reader, frame, parsed);
    EXPECT_EQ(parsed.result, Result::not_python) << frame;
    EXPECT_EQ(parsed.record.message, "stale");
  }
}

TEST(PythonRecord, LengthInFront_MustBeTheRests) {
  const std::string pickle = pickled({{"msg", text("hi")}});
  PythonReader reader;
  for (int difference = -2; difference <= 2; ++difference) {
    const auto length = static_cast<char>(static_cast<int>(pickle.size()) + difference);
    Parsed parsed;
    const std::string frame = std::string("\0\0\0", 3) + length + pickle;
    parse(reader, frame, parsed);
    EXPECT_EQ(parsed.result, difference == 0 ? Result::whole : Result::not_python) << difference;
  }
}

TEST(PythonRecord, MessageAlone_AllElseIsAbsent) {
  PythonReader reader;
  Parsed parsed;
  const std::string frame = pickled({{"msg", text("hi")}});
  parse(reader, frame, parsed);
  ASSERT_EQ(parsed.result, Result::whole);
  EXPECT_EQ(parsed.record.message, "hi");
  EXPECT_FALSE(parsed.record.severity.has_value());
  EXPECT_FALSE(parsed.record.sent.has_value());
  EXPECT_EQ(parsed.record.app, "");
  EXPECT_EQ(parsed.record.pid, "");
  EXPECT_TRUE(parsed.record.fields.empty());
}

TEST(PythonRecord, MessageThatOnlyCodeMakes_IsItsName) {
  PythonReader reader;
  Parsed parsed;
  const std::string frame = pickled({{"msg", "cos\nsystem\n(S'rm -rf /'\ntR"}, {"levelno", number(20)}});
  parse(reader, frame, parsed);
  ASSERT_EQ(parsed.result, Result::whole);
  EXPECT_EQ(parsed.record.message, "<os.system>");
  EXPECT_EQ(reader.counters().refused_opcodes.get(), 2U);
  EXPECT_EQ(reader.refused_opcode(), 'c');
}

TEST(PythonRecord, FormatThatPythonWouldNotDo_KeepsBoth) {
  PythonReader reader;
  Parsed parsed;
  const std::string frame = pickled({{"msg", text("%d items of %s")}, {"args", "(S'x'\nI1\nI2\nt"}});
  parse(reader, frame, parsed);
  ASSERT_EQ(parsed.result, Result::whole);
  EXPECT_EQ(parsed.record.message, "%d items of %s ('x', 1, 2)");
  EXPECT_EQ(reader.counters().format_errors.get(), 1U);
}

TEST(PythonRecord, Levels_AreRoundedDown) {
  const std::pair<long, Severity> kLevels[] = {{-5, Severity::debug}, {0, Severity::debug},    {9, Severity::debug},
                                               {10, Severity::debug}, {19, Severity::debug},   {20, Severity::info},
                                               {29, Severity::info},  {30, Severity::warning}, {39, Severity::warning},
                                               {40, Severity::err},   {49, Severity::err},     {50, Severity::crit},
                                               {1000, Severity::crit}};
  PythonReader reader;
  for (const auto& [level, severity] : kLevels) {
    Parsed parsed;
    const std::string frame = pickled({{"msg", text("x")}, {"levelno", number(level)}});
    parse(reader, frame, parsed);
    EXPECT_EQ(parsed.record.severity, severity) << level;
  }
}

TEST(PythonRecord, LevelName_IsAFieldWhereItIsNotTheUsualOne) {
  PythonReader reader;
  const auto fields_of = [&reader](long level, const std::string& name) {
    Parsed parsed;
    const std::string frame = pickled({{"msg", text("x")}, {"levelno", number(level)}, {"levelname", name}});
    parse(reader, frame, parsed);
    return pairs(parsed.record);
  };
  EXPECT_EQ(fields_of(20, text("INFO")), Pairs());
  EXPECT_EQ(fields_of(20, "N"), Pairs());
  EXPECT_EQ(fields_of(20, text("notice")), (Pairs{{"levelname", "notice"}}));
  EXPECT_EQ(fields_of(25, text("INFO")), (Pairs{{"levelname", "INFO"}}));
  EXPECT_EQ(fields_of(20, number(5)), (Pairs{{"levelname", "5"}}));
}

TEST(PythonRecord, TimesThatAreNone_AreAbsent) {
  PythonReader reader;
  for (const char* const created :
       {"Fnan\n", "Finf\n", "F-inf\n", "F-1.0\n", "F9.3e9\n", "F1e300\n", "N", "S'x'\n", "]"}) {
    Parsed parsed;
    const std::string frame = pickled({{"msg", text("x")}, {"created", created}});
    parse(reader, frame, parsed);
    EXPECT_EQ(parsed.result, Result::whole);
    EXPECT_FALSE(parsed.record.sent.has_value()) << created;
  }
  for (const auto& [created, sent] : {std::pair{"F1791749655.9999999\n", "2026-10-11 20:14:16"},
                                      {"I1791749655\n", "2026-10-11 20:14:15"},
                                      {"F0.0\n", "1970-01-01 00:00:00"}}) {
    Parsed parsed;
    const std::string frame = pickled({{"msg", text("x")}, {"created", created}});
    parse(reader, frame, parsed);
    ASSERT_TRUE(parsed.record.sent.has_value());
    EXPECT_EQ(to_text(*parsed.record.sent), sent);
  }
}

TEST(PythonRecord, MoreFieldsThanThereIsRoomFor_AreCounted) {
  PythonReader reader;
  std::vector<std::pair<std::string, std::string>> items = {{"msg", text("x")}};
  for (std::size_t i = 0; i < kMaxFields; ++i) items.emplace_back(fmt::format("f{}", i), number(1));
  Parsed parsed;
  std::string frame = pickled(items);
  parse(reader, frame, parsed);
  EXPECT_EQ(parsed.record.fields.size(), kMaxFields);
  EXPECT_EQ(reader.counters().fields_left.get(), 0U);
  items.emplace_back("last", number(1));
  frame = pickled(items);
  parse(reader, frame, parsed);
  EXPECT_EQ(parsed.record.fields.size(), kMaxFields);
  EXPECT_EQ(reader.counters().fields_left.get(), 1U);
}

TEST(PythonRecord, TextBeyondTheLimit_IsCutAndSaysSo) {
  PythonReader reader(100);
  Parsed parsed;
  const std::string message = pickled({{"msg", text(std::string(99, 'm') + "\xc3\xa9")}});
  parse(reader, message, parsed);
  EXPECT_EQ(parsed.record.message, std::string(99, 'm'));
  EXPECT_TRUE(reader.cut());
  // A field that fits, one that is cut, and one whose name has no room.
  const std::string frame = pickled(
      {{"msg", text("x")}, {"a", text(std::string(60, 'a'))}, {"b", text(std::string(60, 'b'))}, {"c", text("c")}});
  parse(reader, frame, parsed);
  EXPECT_EQ(pairs(parsed.record), (Pairs{{"a", std::string(60, 'a')}, {"b", std::string(38, 'b')}}));
  EXPECT_TRUE(reader.cut());
  EXPECT_EQ(reader.counters().fields_left.get(), 1U);
}

// Many fields share one long text. The record must not become a multiple of the frame.
TEST(PythonRecord, SharedText_IsCountedEachTime) {
  std::string frame = "}(U\x03msgX";
  const std::string shared(30000, 's');
  frame += std::string("\x30\x75\x00\x00", 4) + shared + "q";
  frame += '\1';
  for (int i = 0; i < 60; ++i) frame += fmt::format("U\x03x{:02}h\x01", i);
  frame += "u.";
  PythonReader reader;
  Parsed parsed;
  parse(reader, frame, parsed);
  ASSERT_EQ(parsed.result, Result::whole);
  std::size_t sum = 0;
  for (const Field& field : parsed.record.fields) sum += field.name.size() + field.value.size();
  EXPECT_LE(sum, PythonReader::kTextLimit);
  EXPECT_EQ(parsed.record.message, shared);
  EXPECT_TRUE(reader.cut());
}

TEST(PythonRecord, WarmedUp_NothingMoves) {
  PythonReader reader;
  Parsed parsed;
  const std::string frame =
      pickled({{"msg", text("%s")}, {"args", "(I1\nt"}, {"process", number(7)}, {"x", number(8)}});
  parse(reader, frame, parsed);
  const char* const message = parsed.record.message.data();
  const char* const pid = parsed.record.pid.data();
  const Field* const fields = parsed.fields.data();
  parse(reader, frame, parsed);
  EXPECT_EQ(parsed.record.message.data(), message);
  EXPECT_EQ(parsed.record.pid.data(), pid);
  EXPECT_EQ(parsed.fields.data(), fields);
  EXPECT_EQ(parsed.record.pid, "7");
  EXPECT_EQ(parsed.record.fields[0].value, "8");
}

TEST(LooksLikePython, OtherFrames_DoNot) {
  for (const std::string_view frame :
       {""sv, "."sv, "}q\0("sv, "}q\0(x"sv, "\x80\x01}."sv, "\x80\x06}."sv, "\x80\x02]."sv, "\x80\x04\x95}..."sv,
        "\x80\x02\x95\x02\0\0\0\0\0\0\0}."sv, "\0\0\0\x05}q\0("sv, "{\"a\": 1}."sv, "<14>hello."sv, "hello."sv}) {
    EXPECT_FALSE(looks_like_python(as_bytes(frame))) << frame;
  }
  EXPECT_TRUE(looks_like_python(as_bytes("\x80\x02}."sv)));
  EXPECT_TRUE(looks_like_python(as_bytes("\0\0\0\x05}q\0(."sv)));
}

}  // namespace
}  // namespace logsniffd::record::python
