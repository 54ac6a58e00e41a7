// A syslog sink and an OpenSSL server with certificates made here.
#pragma once

#include <fmt/format.h>
#include <set>
#include <tuple>

#include "daemon/sink/net/tls_options.hpp"
#include "daemon/sink/syslog/syslog_sink.hpp"
#include "tests/support/sink_fixture.hpp"
#include "tests/support/temp_directory.hpp"
#include "tests/support/tls_server.hpp"

namespace logsniffd::sink::syslog {

using namespace test;
using namespace std::chrono_literals;
using test::TlsPeer;

// Messages of one length that contain their number.
inline std::vector<std::string> tls_numbered(std::size_t count) {
  std::vector<std::string> messages;
  for (std::size_t i = 0; i < count; ++i) messages.push_back(fmt::format("number {:06}{}", i, std::string(922, 'x')));
  return messages;
}
inline constexpr std::size_t kTlsMessageSize = 1003;

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

}  // namespace logsniffd::sink::syslog
