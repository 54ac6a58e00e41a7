// The syslog sink over TLS, against an OpenSSL server with certificates made here.
#include <fmt/format.h>

#include <set>
#include <tuple>

#include "daemon/sink/net/tls_options.hpp"
#include "daemon/sink/syslog/syslog_sink.hpp"
#include "tests/support/sink_fixture.hpp"
#include "tests/support/temp_directory.hpp"
#include "tests/support/tls_server.hpp"

namespace logsniffd::sink::syslog {
namespace {

using namespace test;

using namespace std::chrono_literals;
using test::TlsPeer;

// Messages of one length that contain their number.
std::vector<std::string> numbered(std::size_t count) {
  std::vector<std::string> messages;
  for (std::size_t i = 0; i < count; ++i) messages.push_back(fmt::format("number {:06}{}", i, std::string(922, 'x')));
  return messages;
}
constexpr std::size_t kNumberedSize = 1003;

class TlsSinkTest : public testing::Test {
 protected:
  // The client trusts this authority, which issues the certificate of the server.
  TlsSinkTest() { trust(authority); }

  void trust(const test::CertificateAuthority& issuer) {
    test::write_file(directory.path("ca.pem"), issuer.certificate());
    tls.ca = directory.path("ca.pem");
  }
  void show(const test::Pem& identity) {
    test::write_file(directory.path("client.pem"), identity.certificate);
    test::write_file(directory.path("client.key"), identity.key);
    tls.certificate = directory.path("client.pem");
    tls.key = directory.path("client.key");
  }

  std::unique_ptr<Sink> to(const std::string& address) {
    SyslogSinkOptions options;
    target = options.target = "tls://" + address;
    options.protocol = "rfc5424";
    options.tls = tls;
    options.timing = {patience, [this] { return now; }};
    auto sink = made(make_syslog_sink, options);
    EXPECT_TRUE(sink->open());
    return sink;
  }

  // Returns the error of the sink for a server to which it cannot connect.
  std::string trouble(test::TlsServer& server, const std::string& host = "localhost") {
    auto served = server.serve([](TlsPeer& peer) { return peer.read_all(); });
    auto sink = to(host + ":" + server.port());
    sink->start(interrupt);
    std::string error = sink->take_error();
    Feeder feeder(*sink);
    feeder.write(std::vector<std::string>{"never sent"});
    EXPECT_EQ(dropped(*sink, DropReason::unreachable), 1U);
    sink.reset();
    EXPECT_EQ(served.get(), "");
    const std::string prefix = target + ": ";
    EXPECT_TRUE(error.starts_with(prefix)) << error;
    return error.substr(std::min(prefix.size(), error.size()));
  }

  static constexpr std::string_view kHello = "69 <13>1 2026-03-09T10:27:44.016601+00:00 10.0.0.1 logsniffd - - - hello";

  InZone zone;
  test::TempDirectory directory;
  test::CertificateAuthority authority{"the authority"};
  Interrupt interrupt = std::move(*Interrupt::create());
  sink::net::TlsOptions tls;
  SteadyTime now{1h};
  Duration patience = 5s;
  std::string target;
};

TEST_F(TlsSinkTest, CountsOctets) {
  test::TlsServer server(authority.issue("localhost"));
  auto served = server.serve([](TlsPeer& peer) {
    const std::string bytes = peer.read_all();
    return std::tuple(bytes, peer.ended_well(), peer.server_name());
  });
  auto sink = to("localhost:" + server.port());
  Feeder(*sink).write(std::vector<std::string>{"hello", "three"});
  sink->finish(interrupt);
  const auto [bytes, ended_well, name] = served.get();
  EXPECT_EQ(bytes, std::string(kHello) + "69 <13>1 2026-03-09T10:27:44.016601+00:00 10.0.0.1 logsniffd - - - three");
  EXPECT_TRUE(ended_well);
  EXPECT_EQ(name, "localhost");
  EXPECT_EQ(sink->counters().written.get(), 2U);
  EXPECT_EQ(sink->counters().unconfirmed.get(), 0U);
}

TEST_F(TlsSinkTest, MegabytesArriveWhole) {
  test::TlsServer server(authority.issue("localhost"));
  auto served = server.receive_all();
  auto sink = to("localhost:" + server.port());
  Feeder feeder(*sink);
  for (int i = 0; i < 10; ++i) feeder.write(numbered(1000));
  sink->finish(interrupt);
  EXPECT_EQ(served.get().size(), 10'000 * kNumberedSize);
  EXPECT_EQ(sink->counters().written.get(), 10'000U);
  EXPECT_EQ(sink->counters().resent.get(), 0U);
}

TEST_F(TlsSinkTest, Address_IsCompared) {
  test::TlsServer server(authority.issue("x", {"IP:127.0.0.1", -1, 1}));
  auto served = server.serve([](TlsPeer& peer) { return std::pair(peer.read_all(), peer.server_name()); });
  auto sink = to("127.0.0.1:" + server.port());
  Feeder(*sink).write(std::vector<std::string>{"hello"});
  sink->finish(interrupt);
  EXPECT_EQ(served.get(), std::pair(std::string(kHello), std::string()));  // SNI is for names only
}

TEST_F(TlsSinkTest, ServerName_IsComparedInsteadOfTheHost) {
  test::TlsServer server(authority.issue("x", {"DNS:logs.example", -1, 1}));
  auto served = server.serve([](TlsPeer& peer) { return std::pair(peer.read_all(), peer.server_name()); });
  tls.server_name = "logs.example";
  auto sink = to("127.0.0.1:" + server.port());
  Feeder(*sink).write(std::vector<std::string>{"hello"});
  sink->finish(interrupt);
  EXPECT_EQ(served.get(), std::pair(std::string(kHello), std::string("logs.example")));
}

TEST_F(TlsSinkTest, ClientCertificate_IsShown) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    test::TlsServer server(authority.issue("localhost"));
    server.require_client(authority);
    server.speak_at_most(version);
    show(authority.issue("the client"));
    auto served = server.serve([](TlsPeer& peer) { return std::pair(peer.version(), peer.read_all()); });
    auto sink = to("localhost:" + server.port());
    Feeder(*sink).write(std::vector<std::string>{"hello"});
    sink->finish(interrupt);
    EXPECT_EQ(served.get(), std::pair(version, std::string(kHello)));
  }
}

TEST_F(TlsSinkTest, NoClientCertificate_IsSaidAndNothingSent) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    test::TlsServer server(authority.issue("localhost"));
    server.require_client(authority);
    server.speak_at_most(version);
    const std::string error = trouble(server);
    EXPECT_TRUE(error.starts_with("TLS handshake: ")) << error;
    EXPECT_TRUE(error.ends_with("; the server wants a client certificate: set tls.certificate and tls.key")) << error;
  }
}

TEST_F(TlsSinkTest, ClientCertificateOfAnotherAuthority_IsSaid) {
  test::TlsServer server(authority.issue("localhost"));
  server.require_client(authority);
  show(test::CertificateAuthority("another").issue("the client"));
  EXPECT_EQ(trouble(server), "TLS handshake: tlsv1 alert unknown ca; the server does not accept tls.certificate");
}

TEST_F(TlsSinkTest, UnknownAuthority_IsRefused) {
  test::TlsServer server(authority.issue("localhost"));
  trust(test::CertificateAuthority("another"));
  EXPECT_EQ(trouble(server),
            "certificate of localhost: unable to get local issuer certificate; set tls.ca to the certificate of its "
            "issuer");
}

TEST_F(TlsSinkTest, SystemStore_DoesNotKnowOurAuthority) {
  test::TlsServer server(authority.issue("localhost"));
  tls.ca.clear();
  EXPECT_EQ(trouble(server),
            "certificate of localhost: unable to get local issuer certificate; set tls.ca to the certificate of its "
            "issuer");
}

TEST_F(TlsSinkTest, AnotherName_IsRefused) {
  const std::string hint = "; set tls.server_name to a name in it, or fix the target";
  test::TlsServer named(authority.issue("x", {"DNS:other.example", -1, 1}));
  EXPECT_EQ(trouble(named), "certificate of localhost: hostname mismatch" + hint);
  EXPECT_EQ(trouble(named, "127.0.0.1"), "certificate of 127.0.0.1: IP address mismatch" + hint);
}

TEST_F(TlsSinkTest, CommonName_IsNoNameWhereThereAreOthers) {
  test::TlsServer server(authority.issue("localhost", {"DNS:other.example", -1, 1}));
  EXPECT_THAT(trouble(server), testing::HasSubstr("hostname mismatch"));
}

TEST_F(TlsSinkTest, ExpiredCertificate_IsRefused) {
  test::TlsServer server(authority.issue("localhost", {"DNS:localhost", -2, -1}));
  EXPECT_EQ(trouble(server), "certificate of localhost: certificate has expired; renew it on the server");
}

TEST_F(TlsSinkTest, CertificateOfTomorrow_IsRefused) {
  test::TlsServer server(authority.issue("localhost", {"DNS:localhost", 1, 2}));
  EXPECT_EQ(trouble(server),
            "certificate of localhost: certificate is not yet valid; renew it on the server, or fix this host's clock");
}

TEST_F(TlsSinkTest, WithoutVerification_AnyCertificateWillDo) {
  test::TlsServer server(test::CertificateAuthority("another").issue("x", {"DNS:other.example", -2, -1}));
  tls.verify = false;
  auto served = server.receive_all();
  auto sink = to("localhost:" + server.port());
  Feeder(*sink).write(std::vector<std::string>{"hello"});
  sink->finish(interrupt);
  EXPECT_EQ(served.get(), kHello);
}

TEST_F(TlsSinkTest, OldProtocol_IsRefused) {
  test::TlsServer server(authority.issue("localhost"));
  server.speak_at_most(TLS1_1_VERSION);
  EXPECT_THAT(trouble(server), testing::EndsWith("; the server must speak TLS 1.2 or later"));
}

TEST_F(TlsSinkTest, ServerThatNeverAnswers_IsGivenUp) {
  const test::LoopbackReceiver silent(SOCK_STREAM);
  patience = 20ms;
  auto sink = to(silent.address());
  sink->start(interrupt);
  EXPECT_EQ(sink->take_error(), target + ": the TLS handshake was not answered in time; is it a TLS port?");
  Feeder(*sink).write(std::vector<std::string>{"lost"});
  EXPECT_EQ(dropped(*sink, DropReason::unreachable), 1U);
}

TEST_F(TlsSinkTest, InterruptInTheHandshake_EndsIt) {
  const test::LoopbackReceiver silent(SOCK_STREAM);
  patience = 1h;
  auto sink = to(silent.address());
  interrupt.raise();
  sink->start(interrupt);
  EXPECT_THAT(sink->take_error(), testing::StartsWith(target + ": "));
}

TEST_F(TlsSinkTest, PortThatSpeaksNoTls_IsSaid) {
  const test::LoopbackReceiver plain(SOCK_STREAM);
  auto served = std::async(std::launch::async, [&] {
    const UniqueFd accepted = test::accept_one(plain.fd());
    const std::string_view greeting = "220 mail.example ESMTP ready\r\n";
    return ::send(accepted.get(), greeting.data(), greeting.size(), MSG_NOSIGNAL) > 0 &&
           !test::receive_exactly(accepted.get(), 1 << 20).empty();
  });
  auto sink = to(plain.address());
  sink->start(interrupt);
  EXPECT_EQ(sink->take_error(),
            target + ": TLS handshake: wrong version number; the port does not speak TLS: fix the port, or use tcp://");
  EXPECT_TRUE(served.get());
}

TEST_F(TlsSinkTest, HangUpInTheHandshake_IsSaid) {
  const test::LoopbackReceiver rude(SOCK_STREAM);
  auto served = std::async(std::launch::async, [&] {
    const UniqueFd accepted = test::accept_one(rude.fd());
    std::array<char, 4096> hello;
    return ::recv(accepted.get(), hello.data(), hello.size(), 0) > 0;
  });
  auto sink = to(rude.address());
  sink->start(interrupt);
  EXPECT_EQ(sink->take_error(), target + ": TLS handshake: closed by the peer");
  EXPECT_TRUE(served.get());
}

TEST_F(TlsSinkTest, ServerThatCloses_IsConnectedAgainWithoutLoss) {
  test::TlsServer server(authority.issue("localhost"));
  auto first = server.serve([](TlsPeer& peer) {
    const std::string bytes = peer.read(kHello.size());
    peer.close();
    return bytes;
  });
  auto sink = to("localhost:" + server.port());
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"hello"});
  EXPECT_EQ(first.get(), kHello);
  auto second = server.receive_all();
  feeder.write(std::vector<std::string>{"hello"});
  sink->finish(interrupt);
  EXPECT_EQ(second.get(), kHello);
  EXPECT_EQ(sink->counters().written.get(), 2U);
  EXPECT_EQ(sink->counters().unconfirmed.get(), 0U);
}

std::vector<std::size_t> numbers_in(const std::string& bytes) {
  std::vector<std::size_t> numbers;
  for (std::size_t at = 0; at + kNumberedSize <= bytes.size(); at += kNumberedSize) {
    numbers.push_back(std::stoul(bytes.substr(bytes.find("number ", at) + 7, 6)));
  }
  return numbers;
}

TEST_F(TlsSinkTest, ServerThatClosesInTheMiddle_GetsTheRestOnTheNextConnection) {
  test::TlsServer server(authority.issue("localhost"));
  server.receive_little();
  std::future<std::string> rest;
  auto first = server.serve([&](TlsPeer& peer) {
    std::string bytes = peer.read(100 * kNumberedSize);
    rest = server.receive_all();
    peer.close();
    return bytes;
  });
  auto sink = to("localhost:" + server.port());
  Feeder(*sink).write(numbered(10'000));
  sink->finish(interrupt);

  EXPECT_EQ(numbers_in(first.get()).size(), 100U);
  const std::vector<std::size_t> numbers = numbers_in(rest.get());
  ASSERT_FALSE(numbers.empty());
  // Messages that TCP acknowledged and nobody read are lost, here a few kilobytes.
  EXPECT_LE(numbers.front(), 200U);
  EXPECT_EQ(numbers.back(), 9999U);
  EXPECT_EQ(numbers.size(), 10'000 - numbers.front());
  EXPECT_EQ(sink->counters().written.get(), 10'000U);
  EXPECT_EQ(sink->counters().unconfirmed.get(), 0U);
}

TEST_F(TlsSinkTest, ServerThatReadsNothing_GetsAllAgainOnTheNextConnection) {
  test::TlsServer server(authority.issue("localhost"));
  server.receive_little();  // less than one TLS record, so that no message can arrive whole
  std::promise<void> go;
  auto first = server.serve([waiting = go.get_future().share()](TlsPeer& peer) {
    waiting.wait();
    peer.close();
    return peer.shaken();
  });
  auto sink = to("localhost:" + server.port());
  Feeder feeder(*sink);
  feeder.write(numbered(100));
  ASSERT_EQ(sink->counters().written.get(), 100U);
  go.set_value();
  EXPECT_TRUE(first.get());

  auto second = server.receive_all();
  feeder.write(std::vector<std::string>{"hello"});
  sink->finish(interrupt);
  const std::string bytes = second.get();
  EXPECT_EQ(numbers_in(bytes).size(), 100U);
  EXPECT_EQ(numbers_in(bytes).front(), 0U);
  EXPECT_TRUE(bytes.ends_with(kHello));
  EXPECT_EQ(sink->counters().resent.get(), 100U);
  EXPECT_EQ(sink->counters().unconfirmed.get(), 0U);
}

TEST_F(TlsSinkTest, SlowReader_TimesOutWithoutTearingAMessage) {
  test::TlsServer server(authority.issue("localhost"));
  server.receive_little();
  std::promise<void> go;
  auto slow = server.serve([&, waiting = go.get_future().share()](TlsPeer& peer) {
    waiting.wait();
    return peer.read_all();
  });
  patience = 100ms;
  auto sink = to("localhost:" + server.port());
  Feeder feeder(*sink);
  sink->start(interrupt);
  feeder.write(numbered(20'000));
  const std::uint64_t written = sink->counters().written.get();
  EXPECT_GT(written, 0U);
  EXPECT_EQ(dropped(*sink, DropReason::timeout), 20'000 - written);
  EXPECT_EQ(sink->take_error(), target + ": it does not accept any more data");
  go.set_value();
  const std::vector<std::size_t> first = numbers_in(slow.get());

  // In so short a time, a slow peer looks like a dead one: either the kernel has sent what it held, or the lines
  // are sent again.
  auto again = server.receive_all();
  feeder.write(std::vector<std::string>{"hello"});
  sink->finish(interrupt);
  const std::string bytes = again.get();
  EXPECT_TRUE(bytes.ends_with(kHello));
  std::set<std::size_t> arrived(first.begin(), first.end());
  const std::vector<std::size_t> second = numbers_in(bytes.substr(0, bytes.size() - kHello.size()));
  arrived.insert(second.begin(), second.end());
  EXPECT_GE(arrived.size() + sink->counters().unconfirmed.get(), written);
  EXPECT_LE(arrived.size(), written);
}

TEST_F(TlsSinkTest, UnusableFiles_AreSaidAtOpen) {
  const auto opened = [&] {
    SyslogSinkOptions options;
    options.target = "tls://localhost";
    options.tls = tls;
    const Status status = made(make_syslog_sink, options)->open();
    return status ? "" : status.error().message();
  };
  EXPECT_EQ(opened(), "");
  const test::Pem client = authority.issue("the client");
  show(client);
  EXPECT_EQ(opened(), "");

  test::write_file(tls.key, authority.issue("another").key);
  EXPECT_EQ(opened(), "tls.key: " + tls.key + ": key values mismatch; it is not the key of tls.certificate");
  test::write_file(tls.key, "no key");
  EXPECT_EQ(opened(),
            "tls.key: " + tls.key + ": unsupported; it must contain a private key in PEM, without a passphrase");
  test::write_file(tls.key, test::with_passphrase(client.key));
  EXPECT_THAT(opened(), testing::EndsWith("; it must contain a private key in PEM, without a passphrase"));
  tls.key = directory.path("absent");
  EXPECT_EQ(opened(), "tls.key: " + tls.key + ": No such file or directory; fix the path");
  tls.key = "/dev/zero";
  EXPECT_EQ(opened(), "tls.key: /dev/zero: is not a regular file");
  show(client);
  test::write_file(tls.certificate, "no certificate");
  EXPECT_EQ(opened(), "tls.certificate: " + tls.certificate + ": no start line; it must contain a certificate in PEM");
  show(client);
  test::write_file(tls.ca, "no certificate");
  EXPECT_THAT(opened(), testing::AllOf(testing::StartsWith("tls.ca: " + tls.ca + ": "),
                                       testing::EndsWith("; it must contain certificates in PEM")));
}

TEST_F(TlsSinkTest, RenewedFiles_AreReadAtTheNextConnection) {
  test::TlsServer server(authority.issue("localhost"));
  trust(test::CertificateAuthority("another"));
  auto refused = server.receive_all();
  auto sink = to("localhost:" + server.port());
  sink->start(interrupt);
  refused.get();
  trust(authority);
  now += 1s;
  auto served = server.receive_all();
  Feeder(*sink).write(std::vector<std::string>{"hello"});
  sink->finish(interrupt);
  EXPECT_EQ(served.get(), kHello);
}

TEST_F(TlsSinkTest, Reopen_ConnectsAnew) {
  test::TlsServer server(authority.issue("localhost"));
  auto first = server.receive_all();
  auto sink = to("localhost:" + server.port());
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"hello"});
  sink->reopen();
  std::future<std::string> second;
  {
    second = server.receive_all();
    feeder.write(std::vector<std::string>{"hello"});
  }
  EXPECT_EQ(first.get(), kHello);
  sink->finish(interrupt);
  EXPECT_EQ(second.get(), kHello);
}

}  // namespace
}  // namespace logsniffd::sink::syslog
