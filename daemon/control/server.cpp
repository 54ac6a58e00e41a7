#include "daemon/control/server.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace logsniffd::control {
namespace {

constexpr int kMaxGroups = 256;

bool is_member(int connection, gid_t primary, gid_t wanted) {
  if (primary == wanted) return true;
  std::array<gid_t, kMaxGroups> groups;
  socklen_t size = sizeof groups;
  if (::getsockopt(connection, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) != 0) return false;
  const auto* end = groups.data() + size / sizeof(gid_t);
  return std::find(static_cast<const gid_t*>(groups.data()), end, wanted) != end;
}

}  // namespace

// A client reads, is answered, and reads again. INVARIANT: `server` is set while it is in clients_.
struct Server::Client {
  enum class Stage { reading, waiting, writing };

  Server* server = nullptr;
  UniqueFd connection;
  Access access = Access::look;
  Stage stage = Stage::reading;
  std::string in;   // what was read and is not a complete request yet
  std::string out;  // the rest of the answer
  std::optional<loop::EventLoop::Source> events;
  std::optional<loop::EventLoop::Source> deadline;

  [[nodiscard]] bool is_idle() const { return stage == Stage::reading && in.empty(); }
};

Server::Reply::~Reply() {
  if (const auto client = client_.lock(); client && client->server != nullptr) client->server->leave(client);
}

void Server::Reply::send(std::string line) && {
  const auto client = client_.lock();
  client_.reset();
  if (client && client->server != nullptr) client->server->answer(client, std::move(line));
}

UniqueFd Server::Reply::take() && {
  const auto client = client_.lock();
  client_.reset();
  if (!client || client->server == nullptr) return {};
  client->events.reset();  // before the descriptor leaves
  UniqueFd connection = std::move(client->connection);
  client->server->leave(client);
  return connection;
}

Server::Server(loop::EventLoop& loop, ServerOptions options, Handler handler)
    : loop_(loop),
      options_(std::move(options)),
      handler_(std::move(handler)),
      acceptor_(loop, [this](UniqueFd connection) { admit(std::move(connection)); }) {}

Server::~Server() {
  while (!clients_.empty()) leave(std::shared_ptr<Client>(clients_.back()));
}

Expected<std::unique_ptr<Server>> Server::open(loop::EventLoop& loop, ServerOptions options, Handler handler) {
  std::unique_ptr<Server> server(new Server(loop, std::move(options), std::move(handler)));
  const std::string name = "control socket " + server->path();
  auto listener = UnixListener::open(server->path(), server->options_.group);
  if (!listener) return fail(std::move(listener.error()).within(name));
  server->listener_ = std::move(*listener);
  Status watched = server->acceptor_.watch(server->listener_.descriptor());
  if (!watched) return fail(std::move(watched.error()).within(name));
  return server;
}

void Server::admit(UniqueFd connection) {
  const auto refuse = [&](const Error& error) {
    const std::string line = error_line(error) + "\n";
    ::send(connection.get(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);  // as far as it gets
  };
  const auto access = access_of(connection.get());
  if (!access) {
    return refuse(
        Error::runtime(fmt::format("only root, the user of the daemon and the group of {} may ask it", options_.path)));
  }
  if (!make_room()) {
    return refuse(Error::runtime(fmt::format("{} programs are asking already; try again", kMaxClients)));
  }
  const auto client = std::make_shared<Client>();
  client->server = this;
  client->connection = std::move(connection);
  client->access = *access;
  clients_.push_back(client);
  wait(client, EPOLLIN, options_.idle);
}

std::optional<Access> Server::access_of(int connection) const {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  if (peer.uid == 0 || peer.uid == ::geteuid()) return Access::change;
  struct stat file {};
  if (::stat(options_.path.c_str(), &file) != 0) return std::nullopt;
  if (is_member(connection, peer.gid, file.st_gid)) return Access::look;
  return std::nullopt;
}

// Returns whether one more client may come. The first to leave for it is one that asks nothing, then one that has not
// finished its request: an honest client sends it in one piece.
bool Server::make_room() {
  if (clients_.size() < kMaxClients) return true;
  const auto is_idle = [](const auto& client) { return client->is_idle(); };
  const auto is_reading = [](const auto& client) { return client->stage == Client::Stage::reading; };
  auto leaving = std::find_if(clients_.begin(), clients_.end(), is_idle);
  if (leaving == clients_.end()) leaving = std::find_if(clients_.begin(), clients_.end(), is_reading);
  if (leaving == clients_.end()) return false;
  leave(std::shared_ptr<Client>(*leaving));
  return true;
}

// Listens to the client's descriptor for `events`, which replaces what was listened for. A client for which this fails
// leaves.
void Server::wait(const std::shared_ptr<Client>& client, std::uint32_t events, std::optional<Duration> at_most) {
  std::weak_ptr<Client> weak = client;
  client->events.reset();
  client->deadline.reset();
  auto added = loop_.add_descriptor(client->connection.get(), events, [this, weak](std::uint32_t happened) {
    const auto alive = weak.lock();
    if (!alive) return;
    if (alive->stage == Client::Stage::writing) return write_to(alive);
    if (alive->stage == Client::Stage::reading && (happened & EPOLLIN) != 0) return read_from(alive);
    if (alive->stage == Client::Stage::reading && (happened & EPOLLOUT) != 0) return next_request(alive);
    leave(alive);  // it hung up
  });
  if (!added) return leave(client);
  client->events = std::move(*added);
  if (!at_most) return;
  auto timer = loop_.add_after(*at_most, [this, weak] {
    if (const auto alive = weak.lock()) leave(alive);
  });
  if (!timer) return leave(client);
  client->deadline = std::move(*timer);
}

void Server::read_from(const std::shared_ptr<Client>& client) {
  std::array<char, 4096> buffer;
  const ssize_t got = ::recv(client->connection.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return leave(client);
  const bool began = client->in.empty();
  client->in.append(buffer.data(), static_cast<std::size_t>(got));
  if (client->in.find('\n') != std::string::npos) return next_request(client);
  if (client->in.size() >= kMaxRequest) {
    client->in.clear();
    return answer(client, error_line(Error::usage(fmt::format("a request has at most {} bytes", kMaxRequest))));
  }
  if (began) wait(client, EPOLLIN, options_.patience);
}

// Takes the next request out of what was read, or waits for it.
void Server::next_request(const std::shared_ptr<Client>& client) {
  const std::size_t end = client->in.find('\n');
  if (end == std::string::npos) {
    // The most recently active client is the last to make room for another one.
    const auto place = std::find(clients_.begin(), clients_.end(), client);
    std::rotate(place, place + 1, clients_.end());
    return wait(client, EPOLLIN, client->in.empty() ? options_.idle : options_.patience);
  }
  auto request = parse_request(std::string_view(client->in).substr(0, end));
  client->in.erase(0, end + 1);
  if (!request) return answer(client, error_line(request.error()));
  client->stage = Client::Stage::waiting;
  wait(client, 0, std::nullopt);
  if (client->server != nullptr) handler_(std::move(*request), Reply(client, client->access));
}

void Server::answer(const std::shared_ptr<Client>& client, std::string line) {
  if (line.size() + 1 > kMaxAnswer) line = error_line(Error::runtime("the answer is too long"));
  client->out = std::move(line) + "\n";
  client->stage = Client::Stage::writing;
  wait(client, EPOLLOUT, options_.patience);
  if (client->server != nullptr) write_to(client);
}

void Server::write_to(const std::shared_ptr<Client>& client) {
  const ssize_t sent =
      ::send(client->connection.get(), client->out.data(), client->out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (sent < 0) return leave(client);
  client->out.erase(0, static_cast<std::size_t>(sent));
  if (!client->out.empty()) return;
  client->stage = Client::Stage::reading;
  // The next request may be there already; the loop gives other clients their turn first.
  wait(client, EPOLLOUT, options_.patience);
}

void Server::leave(const std::shared_ptr<Client>& client) {
  if (client->server == nullptr) return;
  client->server = nullptr;
  client->deadline.reset();
  client->events.reset();
  client->connection.reset();
  std::erase(clients_, client);
}

}  // namespace logsniffd::control
