#include <fcntl.h>
#include <sys/syscall.h>

#include <array>
#include <thread>

#include "daemon/sink/journald/journal_entry.hpp"
#include "daemon/sink/journald/journald_sink.hpp"
#include "tests/support/failing_call.hpp"
#include "tests/support/sink_fixture.hpp"
#include "tests/support/temp_directory.hpp"
#include "tests/support/unix_receiver.hpp"

namespace logsniffd::sink::journald {
namespace {

using namespace test;

using namespace std::chrono_literals;
using test::UnixReceiver;

// A field in the binary form; `length` is the first of the eight length bytes.
std::string binary(std::string_view name, char length, std::string_view value) {
  return std::string(name) + "\n" + length + std::string(7, '\0') + std::string(value) + "\n";
}

std::string entry(const record::LogRecord& record, std::string_view identifier = "{app}") {
  const InZone zone;
  std::string out;
  JournalEntry(std::move(*format::RecordFormat::compile(identifier))).append(record, "app", out);
  return out;
}

TEST(JournalEntry, FullRecord_HasEveryField) {
  constexpr std::array<record::Field, 2> fields{{{"ex@1.user-id", "7"}, {"text", "a\nb"}}};
  record::LogRecord record = plain_record("hello");
  record.severity = record::Severity::err;
  record.facility = 16;
  record.host = "web1";
  record.app = "nginx";
  record.pid = "42";
  record.msgid = "ID47";
  record.sent = kWhen - 1s;
  record.integrity = Integrity::gap;
  record.fields = fields;
  EXPECT_EQ(
      entry(record),
      "MESSAGE=hello\nPRIORITY=3\nSYSLOG_IDENTIFIER=nginx\nSYSLOG_FACILITY=16\nSYSLOG_PID=42\n"
      "SYSLOG_TIMESTAMP=2026-03-09T10:27:43.016601+00:00\nLOGSNIFFD_FILTER=app\nLOGSNIFFD_HOST=web1\n"
      "LOGSNIFFD_MSGID=ID47\nLOGSNIFFD_PROTOCOL=tcp\nLOGSNIFFD_SRC=10.0.0.1:40000\nLOGSNIFFD_DST=[fe80::1]:514\n"
      "LOGSNIFFD_INTERFACE=eth0\nLOGSNIFFD_INTEGRITY=gap\nLOGSNIFFD_CAPTURED_AT=2026-03-09T10:27:44.016601+00:00\n"
      "LOGSNIFFD_FIELD_EX_1_USER_ID=7\n" +
          binary("LOGSNIFFD_FIELD_TEXT", 3, "a\nb"));
}

TEST(JournalEntry, PlainRecord_HasDefaults) {
  const std::string text = entry(plain_record("hello"));
  EXPECT_THAT(text,
              testing::StartsWith("MESSAGE=hello\nPRIORITY=6\nSYSLOG_IDENTIFIER=logsniffd\nLOGSNIFFD_FILTER=app\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("INTEGRITY")));
}

TEST(JournalEntry, Identifier_IsATemplate) {
  record::LogRecord record = plain_record("x");
  record.host = "web1";
  EXPECT_THAT(entry(record, "{filter}/{host}"), testing::HasSubstr("\nSYSLOG_IDENTIFIER=app/web1\n"));
}

// Otherwise a syslog daemon that reads the journal would mix the entry with those of the host.
TEST(JournalEntry, FacilityOfASender_IsNotTheEntrys) {
  record::LogRecord record = plain_record("Accepted password for root");
  record.facility = 10;
  record.app = "sshd";
  const std::string text = entry(record);
  EXPECT_THAT(text, testing::HasSubstr("\nLOGSNIFFD_FACILITY=authpriv\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("SYSLOG_FACILITY")));
}

TEST(JournalEntry, NamesThatJournaldTrusts_AreFieldsOfTheSender) {
  constexpr std::array<record::Field, 4> fields{
      {{"MESSAGE_ID", "1"}, {"_SYSTEMD_UNIT", "ssh.service"}, {"LOGSNIFFD_SRC", "127.0.0.1:1"}, {"_PID", "1"}}};
  record::LogRecord record = plain_record("x");
  record.fields = fields;
  EXPECT_THAT(entry(record),
              testing::EndsWith("\nLOGSNIFFD_FIELD_MESSAGE_ID=1\nLOGSNIFFD_FIELD__SYSTEMD_UNIT=ssh.service\n"
                                "LOGSNIFFD_FIELD_LOGSNIFFD_SRC=127.0.0.1:1\nLOGSNIFFD_FIELD__PID=1\n"));
}

TEST(JournalEntry, MessageThatReadsLikeAMarker_IsEscapedAndThereOnceMore) {
  EXPECT_THAT(entry(plain_record("logsniffd: 2 records lost here")),
              testing::StartsWith("MESSAGE=\\x6cogsniffd: 2 records lost here\n"
                                  "LOGSNIFFD_MESSAGE=logsniffd: 2 records lost here\nPRIORITY=6\n"));
  // journalctl would show the text after "logsniffd: ".
  EXPECT_THAT(entry(plain_record("2 records lost here\n.")),
              testing::StartsWith("MESSAGE=\\x32 records lost here\\n.\n" +
                                  binary("LOGSNIFFD_MESSAGE", 21, "2 records lost here\n.")));
  record::LogRecord record = plain_record("2 records lost here");
  record.app = "nginx";
  EXPECT_THAT(entry(record), testing::StartsWith("MESSAGE=2 records lost here\nPRIORITY"));
}

TEST(JournalEntry, LineFeedInMessage_CannotMakeAField) {
  EXPECT_THAT(entry(plain_record("a\n_PID=1")), testing::StartsWith(binary("MESSAGE", 8, "a\n_PID=1")));
}

TEST(JournalEntry, EveryOtherByte_IsKept) {
  std::string all;
  for (int c = 0; c < 256; ++c) {
    if (c != '\n') all.push_back(static_cast<char>(c));
  }
  EXPECT_THAT(entry(plain_record(all)), testing::StartsWith("MESSAGE=" + all + "\n"));
}

TEST(JournalEntry, LongFieldName_IsCutAt64) {
  const std::string name(100, 'n');
  const std::array<record::Field, 1> fields{{{name, "v"}}};
  record::LogRecord record = plain_record("x");
  record.fields = fields;
  EXPECT_THAT(entry(record), testing::EndsWith("\nLOGSNIFFD_FIELD_" + std::string(48, 'N') + "=v\n"));
}

class JournaldSinkTest : public testing::Test {
 protected:
  std::unique_ptr<Sink> sink() {
    return made(make_journald_sink, JournaldSinkOptions{"{app}", path, {patience, [this] { return now; }}});
  }

  InZone zone;
  test::TempDirectory directory;
  std::string path = directory.path("socket");
  SteadyTime now{1h};
  Duration patience = 5s;
};

TEST_F(JournaldSinkTest, Records_BecomeOneDatagramEach) {
  const UnixReceiver receiver(path, SOCK_DGRAM);
  auto sink = this->sink();
  ASSERT_TRUE(sink->open());
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"one", "two"});
  EXPECT_TRUE(sink->write_notice("lost", kWhen, feeder.interrupt));
  EXPECT_EQ(receiver.next(), entry(plain_record("one")));
  EXPECT_EQ(receiver.next(), entry(plain_record("two")));
  EXPECT_EQ(receiver.next(),
            "MESSAGE=lost\nPRIORITY=4\nSYSLOG_IDENTIFIER=logsniffd\nLOGSNIFFD_INTEGRITY=gap\n"
            "LOGSNIFFD_CAPTURED_AT=2026-03-09T10:27:44.016601+00:00\n");
  EXPECT_EQ(sink->counters().written.get(), 2U);
  EXPECT_EQ(sink->counters().written_bytes.get(), 2 * entry(plain_record("one")).size());
}

TEST_F(JournaldSinkTest, LargeRecord_IsPassedAsSealedMemoryFile) {
  const UnixReceiver receiver(path, SOCK_DGRAM);
  auto sink = this->sink();
  ASSERT_TRUE(sink->open());
  const std::string large(20 << 20, 'x');  // more than net.core.wmem_max of any machine
  Feeder(*sink).write(std::vector<std::string>{large});
  const test::Received received = test::receive(receiver.fd());
  EXPECT_EQ(received.bytes, "");
  ASSERT_TRUE(received.passed.valid());
  EXPECT_EQ(::fcntl(received.passed.get(), F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  const std::string content = test::read_file("/proc/self/fd/" + std::to_string(received.passed.get()));
  EXPECT_TRUE(content == entry(plain_record(large)));  // EXPECT_EQ would print all of it
  EXPECT_EQ(sink->counters().written.get(), 1U);
}

TEST_F(JournaldSinkTest, LargeRecord_KeepsItsPlaceAmongMany) {
  const UnixReceiver receiver(path, SOCK_DGRAM);
  auto sink = this->sink();
  ASSERT_TRUE(sink->open());
  const std::string large(20 << 20, 'x');
  Feeder(*sink).write(std::vector<std::string>{"1", "2", large, "4", "5", large});
  for (const std::string_view message : {"1", "2", "", "4", "5", ""}) {
    const test::Received received = test::receive(receiver.fd());
    EXPECT_EQ(received.bytes, message.empty() ? "" : entry(plain_record(message)));
    EXPECT_EQ(received.passed.valid(), message.empty());
  }
  EXPECT_EQ(sink->counters().written.get(), 6U);
}

TEST_F(JournaldSinkTest, LargeRecordWithoutMemoryFile_IsLostAloneAndShown) {
  const UnixReceiver receiver(path, SOCK_DGRAM);
  auto sink = this->sink();
  ASSERT_TRUE(sink->open());
  Feeder feeder(*sink);
  const std::string large(20 << 20, 'x');
  test::with_failing_call({__NR_memfd_create, EMFILE}, [&] {
    feeder.write(std::vector<std::string>{"1", "2", large, "4"});
  });
  for (const std::string_view message : {"1", "2", "4"}) EXPECT_EQ(receiver.next(), entry(plain_record(message)));
  ASSERT_EQ(feeder.losses.seen.size(), 1U);
  EXPECT_TRUE(feeder.losses.seen.front() == "too large: " + large);  // EXPECT_EQ would print all of it
}

TEST_F(JournaldSinkTest, SlowJournal_GetsMoreThanItsQueueHoldsInOrder) {
  const UnixReceiver receiver(path, SOCK_DGRAM);
  auto sink = this->sink();
  ASSERT_TRUE(sink->open());
  std::vector<std::string> messages;
  for (int i = 0; i < 5000; ++i) messages.push_back(std::to_string(i) + std::string(300, 'x'));
  std::jthread writer([&] { Feeder(*sink).write(messages); });
  std::uint64_t bytes = 0;
  for (const std::string& message : messages) {
    const std::string received = receiver.next();
    ASSERT_EQ(received, entry(plain_record(message)));
    bytes += received.size();
  }
  writer.join();
  EXPECT_EQ(sink->counters().written.get(), 5000U);
  EXPECT_EQ(sink->counters().written_bytes.get(), bytes);
}

TEST_F(JournaldSinkTest, HangingJournalAndInterrupt_ReturnsWithAllCounted) {
  const UnixReceiver receiver(path, SOCK_DGRAM);
  auto sink = this->sink();
  ASSERT_TRUE(sink->open());
  Feeder feeder(*sink);
  feeder.interrupt.raise();
  feeder.write(std::vector<std::string>(5000, std::string(1000, 'x')));
  EXPECT_GT(sink->counters().written.get(), 0U);
  EXPECT_EQ(dropped(*sink, DropReason::shutdown), 5000 - sink->counters().written.get());
}

TEST_F(JournaldSinkTest, HangingJournal_TimesOutAndRecovers) {
  patience = 1ms;
  const UnixReceiver receiver(path, SOCK_DGRAM);
  auto sink = this->sink();
  ASSERT_TRUE(sink->open());
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>(5000, std::string(1000, 'x')));
  const std::uint64_t written = sink->counters().written.get();
  EXPECT_EQ(dropped(*sink, DropReason::timeout), 5000 - written);
  for (std::uint64_t i = 0; i < written; ++i) (void)receiver.next();
  feeder.write(std::vector<std::string>{"again"});
  EXPECT_EQ(receiver.next(), entry(plain_record("again")));
}

TEST_F(JournaldSinkTest, AbsentJournal_IsCountedAndRecovers) {
  auto sink = this->sink();
  const Status status = sink->open();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(), path + ": No such file or directory; start the service behind it");
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"1", "2"});
  EXPECT_EQ(dropped(*sink, DropReason::unreachable), 2U);
  EXPECT_THAT(feeder.losses.seen, testing::ElementsAre("unreachable: 1", "unreachable: 2"));
  EXPECT_EQ(feeder.health().trouble, status.error().message());
  const UnixReceiver receiver(path, SOCK_DGRAM);
  now += 1s;
  feeder.write(std::vector<std::string>{"3"});
  EXPECT_FALSE(feeder.health().failing);
  EXPECT_EQ(receiver.next(), entry(plain_record("3")));
}

TEST_F(JournaldSinkTest, RestartedJournal_CostsNothing) {
  auto receiver = std::make_unique<UnixReceiver>(path, SOCK_DGRAM);
  auto sink = this->sink();
  ASSERT_TRUE(sink->open());
  Feeder feeder(*sink);
  receiver.reset();
  receiver = std::make_unique<UnixReceiver>(path, SOCK_DGRAM);
  feeder.write(std::vector<std::string>{"1", "2"});
  EXPECT_EQ(receiver->next(), entry(plain_record("1")));
  EXPECT_EQ(receiver->next(), entry(plain_record("2")));
}

TEST(JournaldSink, WrongOptions_AreRefused) {
  EXPECT_EQ(make_journald_sink({"{ap}"}).error().message(), "identifier: {ap}: unknown field (did you mean 'app'?)");
  EXPECT_EQ(make_journald_sink({"x", "socket"}).error().message(),
            "socket: socket: the path of a socket must be absolute; start it with /");
}

}  // namespace
}  // namespace logsniffd::sink::journald
