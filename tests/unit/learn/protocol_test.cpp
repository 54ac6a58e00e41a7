// The first bytes of other protocols are recognized, and those of logs are not.
#include "daemon/learn/protocol.hpp"

#include <gtest/gtest.h>

#include <string>

namespace logsniffd::learn {
namespace {

using namespace std::string_literals;

Protocol tcp(std::string_view bytes, bool from_server = false, std::uint16_t port = 9988) {
  return recognize({as_bytes(bytes), Transport::tcp, port, from_server});
}
Protocol udp(std::string_view bytes, std::uint16_t port = 9988) {
  return recognize({as_bytes(bytes), Transport::udp, port, false});
}

const std::string kQuestion =
    "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04host\x07"s + "example\x00\x00\x01\x00\x01"s;

TEST(Protocol, Request_IsRecognizedByItsWholeFirstLine) {
  EXPECT_EQ(tcp("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"), Protocol::http);
  EXPECT_EQ(tcp("GET /" + std::string(1400, 'a')), Protocol::http);
  EXPECT_EQ(tcp("HTTP/1.1 200 OK\r\n", true), Protocol::http);
  EXPECT_EQ(udp("M-SEARCH * HTTP/1.1\r\n"), Protocol::http);
  EXPECT_EQ(udp("REGISTER sip:a SIP/2.0\r\n"), Protocol::sip);
}

TEST(Protocol, LineOfAnAccessLog_IsNotARequest) {
  EXPECT_EQ(tcp("GET /a HTTP/1.1 200 17\n"), Protocol::unknown);
  EXPECT_EQ(tcp("GET /a 200 17 ms\n"), Protocol::unknown);
  EXPECT_EQ(tcp("192.0.2.1 - - [21/Sep/2026] \"GET /a HTTP/1.1\" 200\n"), Protocol::unknown);
}

TEST(Protocol, DnsMessage_IsRecognizedOnAnyPort) {
  EXPECT_EQ(udp(kQuestion), Protocol::dns);
  EXPECT_EQ(tcp("\x00\x1e"s + kQuestion), Protocol::dns);
  EXPECT_EQ(udp(kQuestion.substr(0, 20)), Protocol::unknown);
  EXPECT_EQ(udp(kQuestion.substr(0, 20), 53), Protocol::dns);
}

TEST(Protocol, Database_IsRecognizedByItsFirstMessage) {
  EXPECT_EQ(tcp("\x00\x00\x00\x08\x04\xd2\x16\x2f"s), Protocol::postgresql);
  EXPECT_EQ(tcp("\x0c\x00\x00\x00\x0a"s + "8.0.36\x00\x01"s + "abcdef", true), Protocol::mysql);
  EXPECT_EQ(tcp("Q\x00\x00\x00\x0dselect 1\x00"s), Protocol::postgresql);
  EXPECT_EQ(tcp("\x09\x00\x00\x00\x03select 1"s), Protocol::mysql);
  EXPECT_EQ(tcp("\x10\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\xdd\x07\x00\x00"s), Protocol::mongodb);
  EXPECT_EQ(tcp("*1\r\n$4\r\nPING\r\n"), Protocol::redis);
  EXPECT_EQ(tcp("+PONG\r\n", true), Protocol::redis);
  EXPECT_EQ(tcp("\x04\x00\x00\x01\x05\x00\x00\x00\x00"s), Protocol::cassandra);
}

TEST(Protocol, Encryption_IsRecognizedByItsRecord) {
  EXPECT_EQ(tcp("\x16\x03\x01\x02\x00\x01"s), Protocol::tls);
  EXPECT_EQ(udp("\x16\xfe\xfd\x00\x00\x00"s), Protocol::tls);
  EXPECT_EQ(tcp("\x16\x03\x01\xff\xff\x01"s), Protocol::unknown);
  EXPECT_EQ(tcp("SSH-2.0-OpenSSH_9.2\r\n"), Protocol::ssh);
}

TEST(Protocol, LogThatIsNotRead_HasItsName) {
  EXPECT_EQ(tcp("1 open 85 relp_version=0\n"), Protocol::relp);
  EXPECT_EQ(tcp("2W\x00\x00\x00\x0a"s), Protocol::beats);
  EXPECT_EQ(tcp("\x93\xa5"s + "app.a\xce\x65\x00\x00\x00\x81"), Protocol::fluentd);
  for (const Protocol protocol : {Protocol::relp, Protocol::beats, Protocol::fluentd})
    EXPECT_TRUE(carries_logs(protocol));
  EXPECT_FALSE(carries_logs(Protocol::metrics));
}

TEST(Protocol, Metrics_AreNotALog) {
  EXPECT_EQ(udp("web.requests:1|c\nweb.time:320|ms"), Protocol::metrics);
  EXPECT_EQ(tcp("servers.web1.load 0.7 1790000000\n"), Protocol::metrics);
  EXPECT_EQ(udp("CEF:0|a|b|1|2|c|5|src=192.0.2.1"), Protocol::unknown);
  EXPECT_EQ(tcp("job 17 took 1790000000 ns\n"), Protocol::unknown);
}

TEST(Protocol, Logs_AreNotRecognized) {
  const std::string gelf = "{\"version\":\"1.1\",\"host\":\"a\",\"short_message\":\"m\"}";
  const std::string pickle = "\x00\x00\x01\x02}q\x00("s;
  for (const std::string& text : {"<34>Sep 21 14:13:20 host app: m\n"s, "44 <34>Sep 21 14:13:20 host app: message\n"s,
                                  "220 records written\n"s, "+OK done\n"s, "USER logged in\r\n"s, "* item one\r\n"s,
                                  gelf, pickle, "INFO request done\n"s, "2026-09-21 14:13:20 m\n"s, "1W ago\n"s}) {
    EXPECT_EQ(tcp(text), Protocol::unknown) << text;
    EXPECT_EQ(udp(text), Protocol::unknown) << text;
  }
}

TEST(Protocol, CutAtEachByte_IsItselfOrUnknown) {
  const std::string hello = "\x04\x00\x00\x01\x05\x00\x00\x00\x00"s;
  for (std::size_t size = 0; size < hello.size(); ++size)
    EXPECT_EQ(tcp(hello.substr(0, size)), Protocol::unknown) << size;
}

}  // namespace
}  // namespace logsniffd::learn
