#include "daemon/record/syslog/netconsole.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "daemon/decoder/decoder.hpp"
#include "daemon/framing/netconsole_header.hpp"

namespace logsniffd::decoder {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// The examples of the kernel's Documentation/networking/netconsole.rst and Documentation/ABI/testing/dev-kmsg, and the
// additions of Linux 6.14.
constexpr std::string_view kUsb =
    "7,160,424069,-;pci_root PNP0A03:00: host bridge window [io  0x0000-0x0cf7] (ignored)\n"
    " SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n";
constexpr std::string_view kRelease =
    "6.14.0-rc2,12,607,22085407756,-,caller=T57;message\n cpu=42\n taskname=bash\n"
    " foo=bar baz\n";

class NetconsoleTest : public testing::Test {
 protected:
  bool read(std::string_view text, Integrity integrity = Integrity::whole) {
    exact_.assign(text.begin(), text.end());
    exact_.shrink_to_fit();
    record_ = {};
    record_.integrity = integrity;
    record_.message = "untouched";
    return record::syslog::read_netconsole({exact_.data(), exact_.size()}, record_, fields_, unescaped_);
  }
  Pairs pairs() const {
    Pairs pairs;
    for (const record::Field& field : record_.fields) pairs.emplace_back(field.name, field.value);
    return pairs;
  }

  std::vector<char> exact_;  // so that a sanitizer sees the first byte beyond the end
  std::vector<record::Field> fields_;
  std::string unescaped_;
  record::LogRecord record_;
};

TEST_F(NetconsoleTest, Extended_DictionaryBecomesFields) {
  ASSERT_TRUE(read(kUsb));
  EXPECT_EQ(record_.severity, record::Severity::debug);
  EXPECT_EQ(record_.facility, 0);
  EXPECT_EQ(record_.message, "pci_root PNP0A03:00: host bridge window [io  0x0000-0x0cf7] (ignored)");
  EXPECT_EQ(pairs(),
            (Pairs{{"seq", "160"}, {"usec", "424069"}, {"SUBSYSTEM", "acpi"}, {"DEVICE", "+acpi:PNP0A03:00"}}));
  EXPECT_FALSE(record_.sent);
  EXPECT_TRUE(record_.host.empty() && record_.app.empty());
}

TEST_F(NetconsoleTest, Extended_ReleaseAndOtherKeysBecomeFields) {
  ASSERT_TRUE(read(kRelease));
  EXPECT_EQ(record_.severity, record::Severity::warning);
  EXPECT_EQ(record_.facility, 1);
  EXPECT_EQ(record_.message, "message");
  EXPECT_EQ(pairs(), (Pairs{{"seq", "607"},
                            {"usec", "22085407756"},
                            {"release", "6.14.0-rc2"},
                            {"caller", "T57"},
                            {"cpu", "42"},
                            {"taskname", "bash"},
                            {"foo", "bar baz"}}));
}

TEST_F(NetconsoleTest, Flag_IsAFieldWhereItSaysSomething) {
  ASSERT_TRUE(read("6,339,5140900,c;NET: Registered"));
  EXPECT_EQ(pairs(), (Pairs{{"seq", "339"}, {"usec", "5140900"}, {"flag", "c"}}));
}

TEST_F(NetconsoleTest, Escapes_ArePutRight) {
  ASSERT_TRUE(read("6,1,2,-;caf\\xc3\\xa9 C:\\x5ctemp\\x0a\\x1 \\xZZ \\\n DEVICE=\\xc3\\xa9\n note=\\x41"));
  EXPECT_EQ(record_.message, "caf\xc3\xa9 C:\\temp\n\\x1 \\xZZ \\");
  EXPECT_EQ(pairs(), (Pairs{{"seq", "1"}, {"usec", "2"}, {"DEVICE", "\xc3\xa9"}, {"note", "\\x41"}}));
}

TEST_F(NetconsoleTest, EmptyText_IsAMessage) {
  ASSERT_TRUE(read("0,0,0,-;"));
  EXPECT_EQ(record_.message, "");
  EXPECT_EQ(record_.severity, record::Severity::emerg);
}

TEST_F(NetconsoleTest, LineThatIsNoField_LeavesAllInTheMessage) {
  for (const std::string_view body : {"text\nmore", "text\n more", "text\n =x", "text\n A=1\n\n B=2"}) {
    ASSERT_TRUE(read(std::string("6,1,2,-;").append(body)));
    EXPECT_EQ(record_.message, body);
  }
}

TEST_F(NetconsoleTest, Piece_IsAllMessage) {
  ASSERT_TRUE(read("6,1,2,-,ncfrag=8/99; half\n DEV\\x41", Integrity::gap));
  EXPECT_EQ(record_.message, " half\n DEV\\x41");
  EXPECT_EQ(pairs(), (Pairs{{"seq", "1"}, {"usec", "2"}, {"ncfrag", "8/99"}}));
}

TEST_F(NetconsoleTest, CutInTheDictionary_TheLastValueIsNotBelieved) {
  ASSERT_TRUE(read("6,1,2,-;text\n SUBSYSTEM=pci\n DEVICE=+p", Integrity::truncated));
  EXPECT_EQ(record_.message, "text\n SUBSYSTEM=pci\n DEVICE=+p");
  EXPECT_EQ(pairs(), (Pairs{{"seq", "1"}, {"usec", "2"}, {"SUBSYSTEM", "pci"}}));
}

TEST_F(NetconsoleTest, EveryTruncation_IsReadOrRefusedWhole) {
  for (const std::string_view whole : {kUsb, kRelease}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const bool header = whole.substr(0, size).find(';') != whole.npos;
      ASSERT_EQ(read(whole.substr(0, size), Integrity::truncated), header) << whole.substr(0, size);
      if (!header) {
        EXPECT_EQ(record_.message, "untouched");
        EXPECT_FALSE(record_.severity);
      }
      for (const auto& [name, value] : pairs()) {
        const std::string sent = name == "DEVICE" ? "+acpi:PNP0A03:00" : name == "foo" ? "bar baz" : value;
        EXPECT_EQ(value, sent) << name;
      }
    }
  }
}

TEST_F(NetconsoleTest, ManyFields_AllStaysInTheMessage) {
  std::string text = "6,1,2,-;text";
  for (std::size_t i = 0; i < record::kMaxFields; ++i) text += "\n k" + std::to_string(i) + "=v";
  ASSERT_TRUE(read(text));
  EXPECT_EQ(record_.message, text.substr(8));
  EXPECT_EQ(record_.fields.size(), record::kMaxFields);
  EXPECT_GT(fields_.size(), record::kMaxFields);
}

TEST_F(NetconsoleTest, Basic_TimeAndLevelAreTakenOff) {
  ASSERT_TRUE(read("[   12.345678] eth0: link up"));
  EXPECT_EQ(record_.message, "eth0: link up");
  EXPECT_EQ(pairs(), (Pairs{{"usec", "12345678"}}));
  EXPECT_FALSE(record_.severity);

  ASSERT_TRUE(read("<28>[    0.000000][    T1]  indented"));
  EXPECT_EQ(record_.message, " indented");
  EXPECT_EQ(record_.severity, record::Severity::warning);
  EXPECT_EQ(record_.facility, 3);
  EXPECT_EQ(pairs(), (Pairs{{"usec", "0"}, {"caller", "T1"}}));

  ASSERT_TRUE(read("<6>bare"));
  EXPECT_EQ(record_.message, "bare");
  EXPECT_EQ(record_.severity, record::Severity::info);
  EXPECT_TRUE(record_.fields.empty());
}

TEST_F(NetconsoleTest, Basic_BareTextIsNotRead) {
  for (const std::string_view text : {"", "bare", "<192>x", "<>x", "<6", "[12] x", "[1.5] x", "[1.123456", "[ T1] x"}) {
    EXPECT_FALSE(read(text)) << text;
    EXPECT_EQ(record_.message, "untouched");
  }
}

TEST(LooksLikeNetconsole, OnlyTheWholeShapeDoes) {
  for (const std::string_view text : {"6,7,8,-;", "191,18446744073709551615,18446744073709551615,c;x",
                                      "6.1.0-18-amd64,0,0,0,+,a=b,c=;x", "6,7,8,-,caller=T1;"}) {
    EXPECT_TRUE(record::syslog::looks_like_netconsole(as_bytes(text))) << text;
  }
  const std::string long_release = "6." + std::string(framing::kMaxNetconsoleRelease, '1') + ",6,7,8,-;";
  const std::string long_header = "6,7,8,-,a=" + std::string(framing::kMaxNetconsoleHeader, 'b') + ";";
  for (const std::string_view text : {std::string_view("192,7,8,-;"),
                                      std::string_view("06,7,8,-;"),
                                      std::string_view("6,07,8,-;"),
                                      std::string_view("6,7,8,-"),
                                      std::string_view("6,7,8;"),
                                      std::string_view("6,7,-;"),
                                      std::string_view("6,7,8,--;"),
                                      std::string_view("6,7,8,;"),
                                      std::string_view("6, 7,8,-;"),
                                      std::string_view("6,7,8,-,;"),
                                      std::string_view("6,7,8,-,a;"),
                                      std::string_view("6,7,8,-,=b;"),
                                      std::string_view("6,7,18446744073709551616,-;"),
                                      std::string_view("-6,7,8,-;"),
                                      std::string_view("6,7,8,-,a=\n;"),
                                      std::string_view("6,6,7,8,-;"),
                                      std::string_view("v6.1,6,7,8,-;"),
                                      std::string_view("6.1 x,6,7,8,-;"),
                                      std::string_view("2024-03-09 10:27:44,123;x"),
                                      std::string_view("5140.1,6,7,8,-;"),
                                      std::string_view(""),
                                      std::string_view(long_release),
                                      std::string_view(long_header)}) {
    EXPECT_FALSE(record::syslog::looks_like_netconsole(as_bytes(text))) << text;
    EXPECT_FALSE(framing::read_netconsole_header(text)) << text;
  }
}

TEST(DecoderNetconsole, Automatic_TakesTheExtendedAlone) {
  Decoder decoder;
  record::LogRecord record;
  decoder.decode(record::Decode::automatic, as_bytes("6,7,8,-;text"), record);
  EXPECT_EQ(record.message, "text");
  decoder.decode(record::Decode::automatic, as_bytes("[   12.345678] text"), record);
  EXPECT_EQ(record.message, "[   12.345678] text");
  EXPECT_EQ(decoder.counters().of(record::Decode::netconsole).get(), 1U);
  EXPECT_EQ(decoder.counters().of(record::Decode::plain).get(), 1U);
}

TEST(DecoderNetconsole, AskedFor_BareTextStaysReadable) {
  Decoder decoder;
  record::LogRecord record;
  decoder.decode(record::Decode::netconsole, as_bytes("bare"), record);
  EXPECT_EQ(record.message, "bare");
  EXPECT_EQ(decoder.counters().malformed.get(), 1U);
}

}  // namespace
}  // namespace logsniffd::decoder
