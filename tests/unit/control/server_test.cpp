// The control socket and its clients, good and bad, over real sockets.
#include "daemon/control/server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <semaphore>
#include <thread>

#include "daemon/control/address.hpp"
#include "daemon/control/client.hpp"
#include "tests/support/temp_directory.hpp"
#include "tests/support/unix_client.hpp"

namespace logsniffd::control {
namespace {

using test::read_all;
using testing::HasSubstr;

constexpr Duration kShort = std::chrono::milliseconds(50);

// A server on a loop of its own thread. It answers `echo` with the arguments, keeps `hold` until `release`, gives `take`
// to the test, and drops what it does not know.
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

  void start(ServerOptions options = {}) {
    options.path = path_;
    auto server = open(options);
    if (!server) throw std::runtime_error(server.error().message());
    server_ = std::move(*server);
    thread_ = std::thread([this] { (void)loop_->run(); });
  }
  Expected<std::unique_ptr<Server>> open(const ServerOptions& options) {
    return Server::open(*loop_, options, [this](const Request& request, Server::Reply reply) {
      if (request.command == "echo") return std::move(reply).send(answer_line({{"echo", request.arguments}}));
      if (request.command == "release") {
        for (Server::Reply& held : std::exchange(held_, {})) std::move(held).send(answer_line({{"late", true}}));
        return std::move(reply).send(answer_line());
      }
      if (request.command == "hold") held_.push_back(std::move(reply));
      if (request.command == "take") taken_ = std::move(reply).take();
      if (request.command == "large") {
        std::move(reply).send(answer_line({{"text", std::string(kMaxAnswer / 2, 'x')}}));
      }
      seen_.release();
    });
  }
  // From now on the server's members can be looked at.
  void stop() {
    if (!thread_.joinable()) return;
    stop_->notify();
    thread_.join();
  }

  Connection connect() {
    auto connection = Connection::open(path_);
    if (!connection) throw std::runtime_error(connection.error().message());
    return std::move(*connection);
  }
  static std::string ask(Connection& connection, const std::string& text) {
    const auto answer = connection.ask({"echo", {{"text", text}}});
    return answer ? answer->at("echo").at("text").get<std::string>() : answer.error().message();
  }
  [[nodiscard]] UniqueFd send_raw(const std::string& bytes) const { return test::send_raw(path_, bytes); }

  test::TempDirectory directory_;
  std::string path_ = directory_.path("control.sock");
  std::unique_ptr<loop::EventLoop> loop_;
  std::optional<loop::EventLoop::Notifier> stop_;
  std::counting_semaphore<> seen_{0};  // requests that got no answer at once, or a large one
  std::vector<Server::Reply> held_;
  UniqueFd taken_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

TEST_F(ServerTest, SeveralRequestsOnOneConnection_AreAnsweredInOrder) {
  start();
  Connection client = connect();
  EXPECT_EQ(ask(client, "one"), "one");
  EXPECT_EQ(ask(client, "two"), "two");
}

TEST_F(ServerTest, RequestsSentTogether_AreAnsweredInOrder) {
  start();
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += request_line({"echo", {{"text", std::to_string(i)}}}) + "\n";
  const UniqueFd client = send_raw(requests);
  ::shutdown(client.get(), SHUT_WR);
  const std::string answers = read_all(client);
  std::size_t place = 0;
  for (int i = 0; i < 100; ++i) {
    place = answers.find(fmt::format("\"text\":\"{}\"", i), place);
    ASSERT_NE(place, std::string::npos) << i;
  }
}

TEST_F(ServerTest, ManyEmptyLinesTogether_AreRefusedOneByOne) {
  start();
  const UniqueFd client = send_raw(std::string(4000, '\n'));
  ::shutdown(client.get(), SHUT_WR);
  const std::string answers = read_all(client);
  EXPECT_EQ(std::count(answers.begin(), answers.end(), '\n'), 4000);
}

TEST_F(ServerTest, AnswerThatComesLater_ReachesItsOwnClient) {
  start();
  const UniqueFd first = send_raw(request_line({"hold"}) + "\n");
  seen_.acquire();
  Connection second = connect();
  EXPECT_TRUE(second.ask({"release"}));
  ::shutdown(first.get(), SHUT_WR);
  EXPECT_THAT(read_all(first), HasSubstr("\"late\":true"));
}

TEST_F(ServerTest, ClientThatLeavesBeforeItsAnswer_HarmsNobody) {
  start();
  send_raw(request_line({"hold"}) + "\n").reset();
  seen_.acquire();
  Connection other = connect();
  EXPECT_TRUE(other.ask({"release"}));
  EXPECT_EQ(ask(other, "still there"), "still there");
}

TEST_F(ServerTest, RequestThatIsNeverAnswered_ClosesTheConnection) {
  start();
  Connection client = connect();
  const auto answer = client.ask({"drop"});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message(), HasSubstr("closed the connection"));
}

TEST_F(ServerTest, ConnectionTakenOver_IsNotClosed) {
  start();
  const UniqueFd client = send_raw(request_line({"take"}) + "\n");
  seen_.acquire();
  stop();
  EXPECT_EQ(server_->clients(), 0U);
  ASSERT_EQ(::send(taken_.get(), "x\n", 2, MSG_NOSIGNAL), 2);
  taken_.reset();
  EXPECT_EQ(read_all(client), "x\n");
}

TEST_F(ServerTest, LargeAnswer_ArrivesWhole) {
  start();
  Connection client = connect();
  const auto answer = client.ask({"large"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->at("text").get_ref<const std::string&>().size(), kMaxAnswer / 2);
}

TEST_F(ServerTest, RequestThatIsTooLong_IsRefused) {
  start();
  const UniqueFd client = send_raw(std::string(kMaxRequest, 'x'));
  ::shutdown(client.get(), SHUT_WR);
  EXPECT_THAT(read_all(client), HasSubstr("at most 16384 bytes"));
}

TEST_F(ServerTest, ClientThatBeginsARequestAndStops_IsClosed) {
  start({.patience = kShort});
  EXPECT_EQ(read_all(send_raw("{\"version\"")), "");
}

TEST_F(ServerTest, ClientThatAsksNothing_IsClosed) {
  start({.idle = kShort});
  EXPECT_EQ(read_all(send_raw("")), "");
}

TEST_F(ServerTest, ClientThatDoesNotReadItsAnswer_IsClosed) {
  start({.patience = kShort});
  const UniqueFd client = send_raw(request_line({"large"}) + "\n");
  seen_.acquire();
  Connection other = connect();
  EXPECT_EQ(ask(other, "served meanwhile"), "served meanwhile");
  // The server gives up; then the client sees the end of what had found room, which is not all.
  while (::send(client.get(), "x", 1, MSG_NOSIGNAL) > 0) std::this_thread::yield();
  EXPECT_LT(read_all(client).size(), kMaxAnswer / 2);
}

TEST_F(ServerTest, MoreIdleClientsThanThereIsRoomFor_TheNewOneIsServed) {
  start();
  std::vector<UniqueFd> idle;
  for (int i = 0; i < 1000; ++i) idle.push_back(send_raw(""));
  Connection client = connect();
  EXPECT_EQ(ask(client, "hello"), "hello");
  stop();
  EXPECT_LE(server_->clients(), kMaxClients);
}

TEST_F(ServerTest, EveryPlaceTakenByARequest_TheNewOneIsToldSo) {
  start();
  std::vector<UniqueFd> waiting;
  for (std::size_t i = 0; i < kMaxClients; ++i) {
    waiting.push_back(send_raw(request_line({"hold"}) + "\n"));
    seen_.acquire();
  }
  Connection client = connect();
  const auto answer = client.ask({"echo"});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message(), HasSubstr("try again"));
}

TEST_F(ServerTest, Socket_HasItsModeWhateverTheUmask) {
  const mode_t before = ::umask(0077);
  start();
  ::umask(before);
  struct stat file {};
  ASSERT_EQ(::stat(path_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 07777, 0660U);
}

TEST_F(ServerTest, SocketOfADeadServer_IsReplaced) {
  const auto address = Address::of(path_);
  const UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::bind(dead.get(), address->get(), address->size()), 0);  // and nobody listens
  start();
  Connection client = connect();
  EXPECT_EQ(ask(client, "hello"), "hello");
}

TEST_F(ServerTest, SocketOfALivingServer_IsLeftAlone) {
  start();
  const auto second = open({.path = path_});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message(), HasSubstr("another process listens"));
  Connection client = connect();
  EXPECT_EQ(ask(client, "hello"), "hello");
}

TEST_F(ServerTest, FileThatIsNoSocket_IsLeftAlone) {
  std::ofstream(path_) << "precious";
  const auto server = open({.path = path_});
  ASSERT_FALSE(server);
  EXPECT_EQ(test::read_file(path_), "precious");
}

TEST_F(ServerTest, End_RemovesTheSocket) {
  start();
  stop();
  server_.reset();
  EXPECT_NE(::access(path_.c_str(), F_OK), 0);
}

TEST_F(ServerTest, FolderThatDoesNotExist_IsAnErrorWithThePath) {
  path_ = directory_.path("no/such/folder.sock");
  const auto server = open({.path = path_});
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message(), HasSubstr(path_));
}

TEST(OpenConnection, NobodyThere_SaysSo) {
  const test::TempDirectory directory;
  const auto connection = Connection::open(directory.path("nobody.sock"));
  ASSERT_FALSE(connection);
  EXPECT_THAT(connection.error().message(), HasSubstr("logsniffd is not running"));
}

}  // namespace
}  // namespace logsniffd::control
