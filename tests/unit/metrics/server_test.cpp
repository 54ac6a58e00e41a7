// The HTTP server on its own loop, with raw clients.
#include "daemon/metrics/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "tests/support/temp_directory.hpp"
#include "tests/support/unix_client.hpp"

namespace logsniffd::metrics {
namespace {

using test::read_all;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kGet = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr const char* kLastGet = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    auto loop = loop::EventLoop::create();
    if (!loop) throw std::runtime_error(loop.error().message());
    loop_ = std::move(*loop);
    auto stop = loop_->add_notifier([this] { loop_->quit(0); });
    if (!stop) throw std::runtime_error(stop.error().message());
    stop_ = std::move(*stop);
  }
  ~ServerTest() override { stop(); }

  Expected<std::unique_ptr<Server>> open(ServerOptions options = {}) {
    if (options.address.empty()) options.address = "unix://" + path_;
    return Server::open(*loop_, options, [this] {
      ++pages_;
      return page_;
    });
  }
  void start(const ServerOptions& options = {}) {
    auto server = open(options);
    if (!server) throw std::runtime_error(server.error().message());
    server_ = std::move(*server);
    thread_ = std::thread([this] { (void)loop_->run(); });
  }
  // From now on the server's members can be looked at.
  void stop() {
    if (!thread_.joinable()) return;
    stop_->notify();
    thread_.join();
  }

  [[nodiscard]] UniqueFd send_raw(const std::string& bytes) const { return test::send_raw(path_, bytes); }
  [[nodiscard]] std::string ask(const std::string& request) const { return read_all(send_raw(request)); }

  test::TempDirectory directory_;
  std::string path_ = directory_.path("metrics.sock");
  std::string page_ = "a 1\n";
  std::atomic<int> pages_ = 0;
  std::unique_ptr<loop::EventLoop> loop_;
  std::optional<loop::EventLoop::Notifier> stop_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

TEST_F(ServerTest, Get_IsAnsweredWithThePage) {
  start();
  const std::string answer = ask(kLastGet);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\nContent-Length: 4\r\nConnection: close\r\n\r\na 1\n"));
}

TEST_F(ServerTest, SeveralRequestsOnOneConnection_AreAnsweredInOrder) {
  start();
  const std::string answers = ask(std::string(kGet) + "GET /other HTTP/1.1\r\nHost: x\r\n\r\n" + kLastGet);
  EXPECT_THAT(answers, HasSubstr("Connection: keep-alive\r\n\r\na 1\nHTTP/1.1 404 Not Found"));
  EXPECT_THAT(answers, EndsWith("Connection: close\r\n\r\na 1\n"));
  EXPECT_EQ(pages_, 2);
}

TEST_F(ServerTest, Query_IsIgnored) {
  start();
  EXPECT_THAT(ask("GET /metrics?name=x HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(ServerTest, Head_HasNoBody) {
  start();
  const std::string answer = ask("HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 4\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

struct Refused {
  std::string request;
  const char* status;
};

class RefusedRequest : public ServerTest, public testing::WithParamInterface<Refused> {};

TEST_P(RefusedRequest, IsToldWhyAndTheConnectionEnds) {
  start();
  EXPECT_THAT(ask(GetParam().request), StartsWith(std::string("HTTP/1.1 ") + GetParam().status));
  EXPECT_EQ(pages_, 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedRequest,
    testing::Values(Refused{"GET / HTTP/1.0\r\n\r\n", "404"}, Refused{"GET /metrics/ HTTP/1.0\r\n\r\n", "404"},
                    Refused{"POST /metrics HTTP/1.1\r\nContent-Length: 1\r\n\r\n", "405"},
                    Refused{"BREW /metrics HTTP/1.0\r\n\r\n", "405"}, Refused{"hello\r\n\r\n", "400"},
                    Refused{std::string("\0\xff\r\n\r\n", 6), "400"}, Refused{"\r\n\r\n\r\n", "400"},
                    Refused{"GET /metrics HTTP/9.9\r\n\r\n", "400"},
                    Refused{"GET /metrics HTTP/1.1\r\nContent-Length: x\r\n\r\n", "400"},
                    Refused{"GET /metrics HTTP/1.1\r\nX: " + std::string(kMaxHead, 'x') + "\r\n\r\n", "431"},
                    Refused{std::string(kMaxHead, 'x'), "431"}));

TEST_F(ServerTest, RequestInPieces_IsAnswered) {
  start();
  const UniqueFd client = send_raw("GET /met");
  for (const std::string piece : {"rics HTTP/1.0\r", "\n\r", "\n"}) {
    ASSERT_GT(::send(client.get(), piece.data(), piece.size(), MSG_NOSIGNAL), 0);
  }
  EXPECT_THAT(read_all(client), EndsWith("a 1\n"));
}

TEST_F(ServerTest, ClientThatSendsHalfARequest_LeavesAfterItsPatience) {
  start({.patience = std::chrono::milliseconds(1)});
  EXPECT_EQ(ask("GET /met"), "");
}

TEST_F(ServerTest, ClientThatAsksNothingMore_LeavesWhenItsTimeIsOver) {
  start({.idle = std::chrono::milliseconds(1)});
  EXPECT_THAT(ask(kGet), EndsWith("a 1\n"));
}

TEST_F(ServerTest, ClientThatDoesNotRead_LeavesAfterItsPatience) {
  page_ = std::string(4 << 20, 'x');  // more than the socket takes
  start({.patience = std::chrono::milliseconds(1)});
  EXPECT_LT(ask(kGet).size(), page_.size());
}

TEST_F(ServerTest, CrowdThatHangs_GivesWayToOneThatAsks) {
  start();
  std::vector<UniqueFd> crowd;
  for (std::size_t i = 0; i < 3 * kMaxClients; ++i) crowd.push_back(send_raw(i % 2 == 0 ? "" : "GET /met"));
  EXPECT_THAT(ask(kLastGet), EndsWith("a 1\n"));
  stop();
  EXPECT_LE(server_->clients(), kMaxClients);
  EXPECT_EQ(read_all(crowd.front()), "");  // it had to leave
}

TEST_F(ServerTest, LongPage_ArrivesWhole) {
  page_ = std::string(8 << 20, 'x');
  start();
  EXPECT_THAT(ask(kLastGet), EndsWith(page_));
}

TEST_F(ServerTest, UnixSocket_HasItsModeAndGoesWithTheServer) {
  start();
  struct stat file {};
  ASSERT_EQ(::stat(path_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0660U);
  stop();
  server_.reset();
  EXPECT_NE(::stat(path_.c_str(), &file), 0);
}

TEST_F(ServerTest, SecondServer_IsToldThatSomebodyListens) {
  start();
  stop();
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message(), HasSubstr("metrics at unix://" + path_ + ": another process listens there"));
}

TEST_F(ServerTest, AddressOfOtherHosts_IsRefused) {
  const auto server = open({.address = "0.0.0.0:9514"});
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message(), HasSubstr("can be reached by other hosts"));
}

}  // namespace
}  // namespace logsniffd::metrics
