// The syslog sink over TLS, against an OpenSSL server with certificates made here: whom it trusts.
#include "tests/unit/sink/syslog/tls_sink_fixture.hpp"

namespace logsniffd::sink::syslog {
namespace {

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
  for (int i = 0; i < 10; ++i) feeder.write(tls_numbered(1000));
  sink->finish(interrupt);
  EXPECT_EQ(served.get().size(), 10'000 * kTlsMessageSize);
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
