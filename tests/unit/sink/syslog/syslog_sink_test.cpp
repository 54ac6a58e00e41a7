#include <sys/syscall.h>

#include <filesystem>

#include "daemon/sink/syslog/syslog_sink.hpp"
#include "tests/support/failing_call.hpp"
#include "tests/support/sink_fixture.hpp"
#include "tests/support/temp_directory.hpp"
#include "tests/support/unix_receiver.hpp"

namespace logsniffd::sink::syslog {
namespace {

using namespace test;

using namespace std::chrono_literals;
using test::UnixReceiver;

class SyslogSinkTest : public testing::Test {
 protected:
  std::unique_ptr<Sink> to(const std::string& target, const std::string& protocol = "rfc3164") {
    SyslogSinkOptions options;
    options.target = target;
    options.protocol = protocol;
    options.max_size = max_size;
    options.timing = {patience, [this] { return now; }};
    return made(make_syslog_sink, options);
  }
  // Returns a connected sink, as the worker starts it.
  std::unique_ptr<Sink> started(const std::string& target, const std::string& protocol = "rfc3164") {
    auto sink = to(target, protocol);
    EXPECT_TRUE(sink->open());
    auto interrupt = Interrupt::create();
    sink->start(*interrupt);
    return sink;
  }
  std::unique_ptr<Sink> to_unix() { return to("unix://" + path); }

  InZone zone;
  test::TempDirectory directory;
  std::string path = directory.path("log");
  SteadyTime now{1h};
  Duration patience = 5s;
  std::optional<std::size_t> max_size;
};

TEST_F(SyslogSinkTest, UnixDatagramSocket_GetsOneMessageEach) {
  const UnixReceiver receiver(path, SOCK_DGRAM);
  auto sink = to_unix();
  ASSERT_TRUE(sink->open());
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"one", "two"});
  EXPECT_TRUE(sink->write_notice("lost", kWhen, feeder.interrupt));
  EXPECT_EQ(receiver.next(), "<133>Mar  9 10:27:44 logsniffd: [src.addr=10.0.0.1] one");
  EXPECT_EQ(receiver.next(), "<133>Mar  9 10:27:44 logsniffd: [src.addr=10.0.0.1] two");
  EXPECT_EQ(receiver.next(), "<132>Mar  9 10:27:44 logsniffd: lost");
  EXPECT_EQ(sink->counters().written.get(), 2U);
  EXPECT_EQ(sink->counters().written_bytes.get(), 110U);
}

TEST_F(SyslogSinkTest, UnixStreamSocket_GetsMessagesEndedByNul) {
  const UnixReceiver receiver(path, SOCK_STREAM);
  auto sink = to_unix();
  ASSERT_TRUE(sink->open());
  Feeder(*sink).write(std::vector<std::string>{"one", "two"});
  const UniqueFd accepted = test::accept_one(receiver.fd());
  const std::string expected(
      "<133>Mar  9 10:27:44 logsniffd: [src.addr=10.0.0.1] one\0<133>Mar  9 10:27:44 logsniffd: [src.addr=10.0.0.1] "
      "two\0",
      112);
  EXPECT_EQ(test::receive_exactly(accepted.get(), 112), expected);
}

// By default the record's own values are trusted over the network, as by a relay, and not on a unix socket.
TEST_F(SyslogSinkTest, Trust_IsWhatTheTargetSuggestsUnlessItIsSaid) {
  record::LogRecord record = plain_record("Accepted");
  record.app = "sshd";
  record.facility = 10;
  const UnixReceiver local(path, SOCK_DGRAM);
  const test::LoopbackReceiver remote(SOCK_DGRAM);
  const auto sent_by = [&](const std::string& target, std::optional<bool> trust) {
    SyslogSinkOptions options;
    options.target = target;
    options.trust = trust;
    auto sink = made(make_syslog_sink, options);
    EXPECT_TRUE(sink->open());
    Feeder(*sink).write(std::vector<record::LogRecord>{record});
  };
  const std::string trusted = "sshd: Accepted";
  const std::string stripped = "logsniffd: [src.addr=10.0.0.1 facility=authpriv app=sshd] Accepted";
  sent_by("unix://" + path, {});
  EXPECT_EQ(local.next(), "<133>Mar  9 10:27:44 " + stripped);
  sent_by("unix://" + path, true);
  EXPECT_EQ(local.next(), "<85>Mar  9 10:27:44 " + trusted);
  sent_by("udp://" + remote.address(), {});
  EXPECT_EQ(test::receive(remote.fd()).bytes, "<85>Mar  9 10:27:44 10.0.0.1 " + trusted);
  sent_by("udp://" + remote.address(), false);
  EXPECT_EQ(test::receive(remote.fd()).bytes, "<133>Mar  9 10:27:44 10.0.0.1 " + stripped);
}

TEST_F(SyslogSinkTest, Tcp_CountsOctets) {
  const test::LoopbackReceiver receiver(SOCK_STREAM);
  auto sink = started("tcp://" + receiver.address(), "rfc5424");
  Feeder(*sink).write(std::vector<std::string>{"one", "three"});
  const UniqueFd accepted = test::accept_one(receiver.fd());
  const std::string expected =
      "67 <13>1 2026-03-09T10:27:44.016601+00:00 10.0.0.1 logsniffd - - - one"
      "69 <13>1 2026-03-09T10:27:44.016601+00:00 10.0.0.1 logsniffd - - - three";
  EXPECT_EQ(test::receive_exactly(accepted.get(), expected.size()), expected);
}

TEST_F(SyslogSinkTest, TcpClosedByPeer_IsConnectedAgainWithoutLoss) {
  const test::LoopbackReceiver receiver(SOCK_STREAM);
  auto sink = started("tcp://" + receiver.address());
  Feeder feeder(*sink);
  UniqueFd accepted = test::accept_one(receiver.fd());
  accepted.reset();
  feeder.write(std::vector<std::string>{"one"});
  accepted = test::accept_one(receiver.fd());
  const std::string expected = "43 <13>Mar  9 10:27:44 10.0.0.1 logsniffd: one";
  EXPECT_EQ(test::receive_exactly(accepted.get(), expected.size()), expected);
  EXPECT_EQ(sink->counters().written.get(), 1U);
}

TEST_F(SyslogSinkTest, Udp_SendsDatagrams) {
  const test::LoopbackReceiver receiver(SOCK_DGRAM);
  auto sink = started("udp://" + receiver.address());
  Feeder(*sink).write(std::vector<std::string>{"one"});
  EXPECT_EQ(test::receive(receiver.fd()).bytes, "<13>Mar  9 10:27:44 10.0.0.1 logsniffd: one");
}

TEST_F(SyslogSinkTest, UdpNobodyListens_IsCountedAsUnreachable) {
  std::string address;
  { address = test::LoopbackReceiver(SOCK_DGRAM).address(); }
  auto sink = started("udp://" + address);
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"probe", "2", "3"});  // the error comes after the first is sent
  EXPECT_EQ(sink->counters().written.get(), 1U);
  EXPECT_EQ(dropped(*sink, DropReason::unreachable), 2U);
  EXPECT_THAT(feeder.losses.seen, testing::ElementsAre("unreachable: 2", "unreachable: 3"));
  EXPECT_EQ(sink->take_error(), "udp://" + address + ": Connection refused");
}

TEST_F(SyslogSinkTest, DatagramsThatAreTooLargeHoweverShort_AreLostOneByOne) {
  const UnixReceiver receiver(path, SOCK_DGRAM);
  auto sink = to_unix();
  ASSERT_TRUE(sink->open());
  Feeder feeder(*sink);
  test::with_failing_call({__NR_sendmsg, EMSGSIZE}, [&] { feeder.write(std::vector<std::string>{"1", "2"}); });
  EXPECT_THAT(feeder.losses.seen, testing::ElementsAre("too large: 1", "too large: 2"));
  feeder.write(std::vector<std::string>{"3"});
  EXPECT_EQ(sink->counters().written.get(), 1U);
}

TEST_F(SyslogSinkTest, LongMessage_IsCutAndSaysSo) {
  const UnixReceiver receiver(path, SOCK_DGRAM);
  auto sink = to_unix();
  ASSERT_TRUE(sink->open());
  Feeder(*sink).write(std::vector<std::string>{std::string(20'000, 'x')});
  const std::string message = receiver.next();
  EXPECT_EQ(message.size(), 8192U);
  EXPECT_TRUE(message.ends_with("x [truncated]"));
  EXPECT_EQ(sink->counters().truncated.get(), 1U);
}

TEST_F(SyslogSinkTest, MaxSize_HoldsForDatagramsAndStreams) {
  max_size = 2000;
  const test::LoopbackReceiver datagrams(SOCK_DGRAM);
  auto udp = started("udp://" + datagrams.address());
  Feeder(*udp).write(std::vector<std::string>{std::string(20'000, 'x'), "short"});
  EXPECT_EQ(test::receive(datagrams.fd()).bytes.size(), 2000U);
  EXPECT_EQ(udp->counters().truncated.get(), 1U);

  const test::LoopbackReceiver stream(SOCK_STREAM);
  auto tcp = started("tcp://" + stream.address());
  Feeder(*tcp).write(std::vector<std::string>{"short", std::string(20'000, 'x')});
  const UniqueFd accepted = test::accept_one(stream.fd());
  const std::string first = "45 <13>Mar  9 10:27:44 10.0.0.1 logsniffd: short";
  const std::string got = test::receive_exactly(accepted.get(), first.size() + 5 + 2000);
  EXPECT_TRUE(got.starts_with(first + "2000 <13>")) << got;
  EXPECT_TRUE(got.ends_with("x [truncated]"));
  EXPECT_EQ(tcp->counters().truncated.get(), 1U);
}

TEST_F(SyslogSinkTest, WithoutMaxSize_StreamsTakeMoreThanDatagrams) {
  const test::LoopbackReceiver stream(SOCK_STREAM);
  auto tcp = started("tcp://" + stream.address());
  Feeder(*tcp).write(std::vector<std::string>{std::string(60'000, 'x'), std::string(70'000, 'x')});
  const UniqueFd accepted = test::accept_one(stream.fd());
  const std::string got = test::receive_exactly(accepted.get(), 6 + 60'040 + 6 + 65'536);
  EXPECT_EQ(got.size(), 6U + 60'040 + 6 + 65'536);
  EXPECT_TRUE(got.ends_with("x [truncated]"));
  EXPECT_EQ(tcp->counters().truncated.get(), 1U);
}

TEST_F(SyslogSinkTest, FullSocketAndInterrupt_ReturnsWithAllCounted) {
  const UnixReceiver receiver(path, SOCK_DGRAM);
  auto sink = to_unix();
  ASSERT_TRUE(sink->open());
  Feeder feeder(*sink);
  feeder.interrupt.raise();
  feeder.write(std::vector<std::string>(5000, std::string(1000, 'x')));
  EXPECT_GT(sink->counters().written.get(), 0U);
  EXPECT_EQ(dropped(*sink, DropReason::shutdown), 5000 - sink->counters().written.get());
}

TEST_F(SyslogSinkTest, FullSocket_TimesOutAndRecovers) {
  patience = 1ms;
  const UnixReceiver receiver(path, SOCK_DGRAM);
  auto sink = to_unix();
  ASSERT_TRUE(sink->open());
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>(5000, std::string(1000, 'x')));
  const std::uint64_t written = sink->counters().written.get();
  EXPECT_EQ(dropped(*sink, DropReason::timeout), 5000 - written);
  EXPECT_EQ(sink->take_error(), "unix://" + path + ": it does not accept any more data");
  for (std::uint64_t i = 0; i < written; ++i) (void)receiver.next();
  feeder.write(std::vector<std::string>{"again"});
  EXPECT_EQ(receiver.next(), "<133>Mar  9 10:27:44 logsniffd: [src.addr=10.0.0.1] again");
}

TEST_F(SyslogSinkTest, FullStream_TearsNoMessage) {
  patience = 1ms;
  const UnixReceiver receiver(path, SOCK_STREAM);
  auto sink = to_unix();
  ASSERT_TRUE(sink->open());
  Feeder feeder(*sink);
  const UniqueFd first = test::accept_one(receiver.fd());
  feeder.write(std::vector<std::string>(20'000, std::string(999, 'x')));
  const std::uint64_t written = sink->counters().written.get();
  EXPECT_EQ(dropped(*sink, DropReason::timeout), 20'000 - written);
  EXPECT_EQ(feeder.losses.seen.size(), 20'000 - written);
  EXPECT_GE(test::receive_exactly(first.get(), written * 1052).size(), written * 1052);

  // After half a message, the next one uses a new connection.
  feeder.write(std::vector<std::string>{"again"});
  const UniqueFd second = test::accept_one(receiver.fd());
  EXPECT_EQ(test::receive_exactly(second.get(), 57),
            std::string("<133>Mar  9 10:27:44 logsniffd: [src.addr=10.0.0.1] again"));
}

TEST_F(SyslogSinkTest, AbsentSocket_IsCountedAndRecovers) {
  auto sink = to_unix();
  const Status status = sink->open();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(), "unix://" + path + ": No such file or directory; start the service behind it");
  Feeder feeder(*sink);
  const UnixReceiver receiver(path, SOCK_DGRAM);
  feeder.write(std::vector<std::string>{"1", "2"});  // too early to try again
  EXPECT_EQ(dropped(*sink, DropReason::unreachable), 2U);
  now += 1s;
  feeder.write(std::vector<std::string>{"3"});
  EXPECT_EQ(receiver.next(), "<133>Mar  9 10:27:44 logsniffd: [src.addr=10.0.0.1] 3");
}

TEST_F(SyslogSinkTest, RestartedDaemon_CostsNothing) {
  auto receiver = std::make_unique<UnixReceiver>(path, SOCK_DGRAM);
  auto sink = to_unix();
  ASSERT_TRUE(sink->open());
  receiver.reset();
  receiver = std::make_unique<UnixReceiver>(path, SOCK_DGRAM);
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"1", "2"});
  EXPECT_FALSE(feeder.health().failing);
  EXPECT_EQ(receiver->next(), "<133>Mar  9 10:27:44 logsniffd: [src.addr=10.0.0.1] 1");
  EXPECT_EQ(receiver->next(), "<133>Mar  9 10:27:44 logsniffd: [src.addr=10.0.0.1] 2");
}

TEST_F(SyslogSinkTest, StaleSocket_IsCountedAsUnreachable) {
  auto receiver = std::make_unique<UnixReceiver>(path, SOCK_DGRAM);
  auto sink = to_unix();
  ASSERT_TRUE(sink->open());
  receiver.reset();
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"1", "2"});
  EXPECT_EQ(dropped(*sink, DropReason::unreachable), 2U);
  EXPECT_TRUE(feeder.health().failing);
  EXPECT_EQ(sink->take_error(), "unix://" + path + ": Connection refused; start the service behind it");
  EXPECT_EQ(feeder.health().trouble, "unix://" + path + ": Connection refused; start the service behind it");
}

TEST(SyslogSink, WrongOptions_AreRefused) {
  const auto error = [](const std::string& target, const std::string& protocol = "rfc3164") {
    SyslogSinkOptions options;
    options.target = target;
    options.protocol = protocol;
    return make_syslog_sink(options).error().message();
  };
  EXPECT_EQ(
      error("/dev/log"),
      "to: '/dev/log' is not a valid target; use unix:///dev/log, udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT");
  EXPECT_EQ(error("unix://log"), "to: unix://log: the path of a socket must be absolute; start it with /");
  EXPECT_EQ(error("unix:///" + std::string(200, 'x')),
            "to: unix:///" + std::string(200, 'x') + ": the path of a socket has at most 107 bytes; shorten it");
  for (const std::string target : {"tcp://logs", "tcp://logs:", "tcp://:601", "udp://logs:0", "udp://logs:65536",
                                   "udp://[::1]", "tls://", "tls://logs:x"}) {
    EXPECT_EQ(error(target), "to: " + target + ": a host and a port (1 to 65535) are required, as in logs.example:601");
  }
  SyslogSinkOptions options;
  options.max_size = 1023;
  EXPECT_EQ(make_syslog_sink(options).error().message(), "max_size: 1023 is out of range; use 1024 to 1048576 bytes");
  options = {};
  options.target = "tls://logs";
  options.tls.certificate = "/etc/ssl/client.pem";
  EXPECT_EQ(make_syslog_sink(options).error().message(), "tls: certificate and key need each other; give both");
  EXPECT_EQ(error("unix:///dev/log", "rfc1"), "protocol: 'rfc1' is neither rfc3164 nor rfc5424");
}

}  // namespace
}  // namespace logsniffd::sink::syslog
