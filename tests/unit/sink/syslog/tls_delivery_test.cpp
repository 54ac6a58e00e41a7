// The syslog sink over TLS: connections that break, and readers that are slow.
#include "tests/unit/sink/syslog/tls_sink_fixture.hpp"

namespace logsniffd::sink::syslog {
namespace {

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

std::vector<std::size_t> tls_numbers_in(const std::string& bytes) {
  std::vector<std::size_t> numbers;
  for (std::size_t at = 0; at + kTlsMessageSize <= bytes.size(); at += kTlsMessageSize) {
    numbers.push_back(std::stoul(bytes.substr(bytes.find("number ", at) + 7, 6)));
  }
  return numbers;
}

TEST_F(TlsSinkTest, ServerThatClosesInTheMiddle_GetsTheRestOnTheNextConnection) {
  test::TlsServer server(authority.issue("localhost"));
  server.receive_little();
  std::future<std::string> rest;
  auto first = server.serve([&](TlsPeer& peer) {
    std::string bytes = peer.read(100 * kTlsMessageSize);
    rest = server.receive_all();
    peer.close();
    return bytes;
  });
  auto sink = to("localhost:" + server.port());
  Feeder(*sink).write(tls_numbered(10'000));
  sink->finish(interrupt);

  EXPECT_EQ(tls_numbers_in(first.get()).size(), 100U);
  const std::vector<std::size_t> numbers = tls_numbers_in(rest.get());
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
  feeder.write(tls_numbered(100));
  ASSERT_EQ(sink->counters().written.get(), 100U);
  go.set_value();
  EXPECT_TRUE(first.get());

  auto second = server.receive_all();
  feeder.write(std::vector<std::string>{"hello"});
  sink->finish(interrupt);
  const std::string bytes = second.get();
  EXPECT_EQ(tls_numbers_in(bytes).size(), 100U);
  EXPECT_EQ(tls_numbers_in(bytes).front(), 0U);
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
  feeder.write(tls_numbered(20'000));
  const std::uint64_t written = sink->counters().written.get();
  EXPECT_GT(written, 0U);
  EXPECT_EQ(dropped(*sink, DropReason::timeout), 20'000 - written);
  EXPECT_EQ(sink->take_error(), target + ": it does not accept any more data");
  go.set_value();
  const std::vector<std::size_t> first = tls_numbers_in(slow.get());

  // In so short a time, a slow peer looks like a dead one: either the kernel has sent what it held, or the lines
  // are sent again.
  auto again = server.receive_all();
  feeder.write(std::vector<std::string>{"hello"});
  sink->finish(interrupt);
  const std::string bytes = again.get();
  EXPECT_TRUE(bytes.ends_with(kHello));
  std::set<std::size_t> arrived(first.begin(), first.end());
  const std::vector<std::size_t> second = tls_numbers_in(bytes.substr(0, bytes.size() - kHello.size()));
  arrived.insert(second.begin(), second.end());
  EXPECT_GE(arrived.size() + sink->counters().unconfirmed.get(), written);
  EXPECT_LE(arrived.size(), written);
}

}  // namespace
}  // namespace logsniffd::sink::syslog
