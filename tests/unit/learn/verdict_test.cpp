// From packets to verdicts, and from these to a configuration that the loader accepts.
#include "daemon/learn/verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/loader.hpp"
#include "daemon/learn/lesson.hpp"
#include "daemon/learn/listener.hpp"
#include "daemon/learn/proposal.hpp"
#include "tests/support/packet_builder.hpp"

namespace logsniffd::learn {
namespace {

using testing::HasSubstr;

const Endpoint kClient = test::endpoint("192.0.2.10:40000");

Endpoint server(std::uint16_t port) { return {test::endpoint("192.0.2.1:1").address, port}; }

class VerdictTest : public testing::Test {
 protected:
  void see(const test::Packet& packet) {
    at_ += std::chrono::milliseconds(10);
    listener_.on_packet({packet, static_cast<std::uint32_t>(packet.size()), at_, capture::LinkType::raw, 1, "eth0"});
  }
  void send(std::uint16_t port, const std::vector<std::string>& pieces, const std::vector<std::string>& answers = {}) {
    test::TcpConversation conversation({kClient.address, client_port_++}, server(port));
    for (const auto& packet : conversation.handshake()) see(packet);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      see(conversation.client_says(pieces[i]));
      see(i < answers.size() ? conversation.server_says(answers[i]) : conversation.server_acks());
    }
    for (const auto& packet : conversation.close()) see(packet);
  }
  void send_datagrams(std::uint16_t port, const std::vector<std::string>& payloads) {
    for (const std::string& payload : payloads) see(test::udp_packet(kClient, server(port), payload));
  }
  const Lesson::Port& learned() {
    lesson_ = learn_from(listener_.finish());
    EXPECT_EQ(lesson_.ports.size(), 1U);
    return lesson_.ports.front();
  }

  PacketTime at_{std::chrono::seconds(1'790'000'000)};
  std::uint16_t client_port_ = 40'000;
  Listener listener_{{{.tcp = {100, std::chrono::minutes(5), std::chrono::seconds(2), 1 << 20, 1 << 20},
                       .fragments = {1 << 20, std::chrono::seconds(30)}},
                      {64 * 1024, 1 << 20}},
                     1};
  Lesson lesson_;
};

TEST_F(VerdictTest, LinesThatNobodyAnswers_AreALog) {
  send(9988, {"first line\n", "second line\n"});
  const Verdict& verdict = learned().verdict;
  EXPECT_EQ(verdict.kind, Kind::log) << verdict.reason;
  EXPECT_EQ(verdict.framing, "lines");
  EXPECT_EQ(verdict.decode, "plain");
  EXPECT_EQ(lesson_.ports.front().findings.to.records, 2U);
}

TEST_F(VerdictTest, LinesThatAreAnswered_AreAConversation) {
  send(9988, {"first line\n", "second line\n"}, {"ok\n"});
  EXPECT_EQ(learned().verdict.kind, Kind::conversation);
}

TEST_F(VerdictTest, SyslogThatIsHardlyAnswered_IsALog) {
  send(9988, {"<34>Sep 21 14:13:20 host app: message\n", "<34>Sep 21 14:13:21 host app: message\n"}, {"ok\n"});
  const Verdict& verdict = learned().verdict;
  EXPECT_EQ(verdict.kind, Kind::log) << verdict.reason;
  EXPECT_EQ(verdict.decode, "syslog");
}

TEST_F(VerdictTest, OneLineOfText_ProvesNothing) {
  send(9988, {"only line\n"});
  EXPECT_EQ(learned().verdict.kind, Kind::unproved);
}

TEST_F(VerdictTest, TextToARegisteredPort_ProvesNothing) {
  send(80, {"first line\n", "second line\n"});
  EXPECT_EQ(learned().verdict.kind, Kind::unproved);
}

TEST_F(VerdictTest, SameRecordOverAndOver_ProvesNothing) {
  send(9988, std::vector<std::string>(100, "netperf\n"));
  EXPECT_EQ(learned().verdict.kind, Kind::unproved);
}

TEST_F(VerdictTest, ScanOfAPortThatLogs_DoesNotChangeIt) {
  for (int i = 0; i < 3; ++i) send(9988, {"<34>Sep 21 14:13:20 host app: message\n"});
  send(9988, {"GET / HTTP/1.1\r\n\r\n"});
  EXPECT_EQ(learned().verdict.kind, Kind::log);
}

TEST_F(VerdictTest, SyslogFromItsOwnPort_BelongsToTheDestination) {
  for (int i = 0; i < 2; ++i) {
    see(test::udp_packet({kClient.address, 514}, server(5514), "<34>Sep 21 14:13:20 host app: message"));
  }
  const Lesson::Port& port = learned();
  EXPECT_EQ(port.findings.port, 5514);
  EXPECT_TRUE(port.verdict.is_log());
}

TEST_F(VerdictTest, BothPortsEphemeral_AnswerBelongsToTheSamePort) {
  const Endpoint high = server(50'000);
  see(test::udp_packet(kClient, high, "hello there"));
  see(test::udp_packet(high, kClient, "hello yourself"));
  const Lesson::Port& port = learned();
  EXPECT_EQ(port.findings.port, 50'000);
  EXPECT_EQ(port.verdict.kind, Kind::conversation);
}

TEST_F(VerdictTest, DatagramsOfSeveralRecords_AreSplit) {
  send_datagrams(5140,
                 {"<34>Sep 21 14:13:20 h a: one\n<34>Sep 21 14:13:20 h a: two\n", "<34>Sep 21 14:13:20 h a: three"});
  EXPECT_TRUE(learned().verdict.split);
}

TEST_F(VerdictTest, IndentedLines_AreJoined) {
  send(9988, {"2026-09-21 14:13:20 dump\n  a: 1\n  b: 2\n  c: 3\n2026-09-21 14:13:21 done\n"});
  EXPECT_EQ(learned().verdict.joining, framing::JoinMode::indent);
}

TEST_F(VerdictTest, PortThatOnlySends_IsALogIfTheFormatProvesIt) {
  test::TcpConversation conversation(kClient, server(9988));
  for (const auto& packet : conversation.handshake()) see(packet);
  see(conversation.server_says("<34>Sep 21 14:13:20 host app: message\n"));
  const Verdict& verdict = learned().verdict;
  EXPECT_EQ(verdict.kind, Kind::log) << verdict.reason;
  EXPECT_EQ(verdict.direction, filter::Direction::from);
}

TEST_F(VerdictTest, Download_IsNotALog) {
  test::TcpConversation conversation(kClient, server(9988));
  for (const auto& packet : conversation.handshake()) see(packet);
  see(conversation.server_says("first line\nsecond line\n"));
  EXPECT_EQ(learned().verdict.kind, Kind::unproved);
}

TEST_F(VerdictTest, Binary_IsNotALog) {
  send_datagrams(9988,
                 {std::string("\x01\x02\x80\x90\xff\x00\x03", 7), std::string("\x01\x02\x80\x90\xff\x00\x04", 7)});
  EXPECT_EQ(learned().verdict.kind, Kind::binary);
}

TEST_F(VerdictTest, LatinText_IsALog) {
  send(9988, {"gr\xfc\xdf"
              "e 1 from here\n",
              "gr\xfc\xdf"
              "e 2 from here\n"});
  EXPECT_EQ(learned().verdict.kind, Kind::log);
}

TEST_F(VerdictTest, NulsWithNothingBetweenThem_AreNotALog) {
  send(9988, {std::string("a\0\0\0text\0", 9), std::string("a\0\0\0text\0", 9)});
  EXPECT_EQ(learned().verdict.kind, Kind::binary);
}

TEST_F(VerdictTest, Proposal_IsAValidConfiguration) {
  send(9988, {"ERROR failed\n\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)\nINFO done\n"});
  learned();
  lesson_.interfaces = {"eth0", "it's*"};
  lesson_.source = "a\nb";
  const Proposal proposal = propose(lesson_, "2026-09-21");
  const config::LoadResult loaded = config::load(proposal.yaml);
  ASSERT_TRUE(loaded.ok()) << proposal.yaml;
  EXPECT_EQ(loaded.config.capture.interfaces, lesson_.interfaces);
  ASSERT_EQ(loaded.config.filters.size(), 1U);
  const config::Filter& filter = loaded.config.filters.front();
  EXPECT_EQ(filter.name, "plain-tcp-9988");
  EXPECT_EQ(filter.transport, Transport::tcp);
  EXPECT_EQ(filter.direction, filter::Direction::to);
  EXPECT_EQ(filter.multiline.mode, framing::JoinMode::traceback);
}

TEST_F(VerdictTest, NothingThatLogs_HasNoProposal) {
  send(80, {"GET / HTTP/1.1\r\n\r\n"});
  learned();
  EXPECT_EQ(propose(lesson_, "2026-09-21").yaml, "");
}

TEST(Proposal, MorePortsThanFilters_LeavesOutThoseWithFewestRecords) {
  Lesson lesson;
  for (std::uint16_t i = 0; i <= kMaxProposed; ++i) {
    Lesson::Port port;
    port.findings.port = static_cast<std::uint16_t>(6000 + i);
    port.findings.to.records = 1U + i;
    port.verdict.kind = Kind::log;
    port.verdict.decode = "plain";
    lesson.ports.push_back(port);
  }
  const Proposal proposal = propose(lesson, "2026-09-21");
  EXPECT_EQ(proposal.left_out, 1U);
  EXPECT_EQ(proposal.yaml.find("port: 6000\n"), std::string::npos);
  EXPECT_TRUE(config::load(proposal.yaml).ok());
}

}  // namespace
}  // namespace logsniffd::learn
