#include "daemon/metrics/server.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "daemon/base/listen_address.hpp"
#include "daemon/metrics/request.hpp"
#include "daemon/metrics/tcp_listener.hpp"

namespace logsniffd::metrics {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::string_view kTextFormat = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kSentence = "text/plain; charset=utf-8";

struct Answer {
  std::string_view status;
  std::string_view content_type;
  std::string body;
  std::string_view more_headers = {};
};

std::string response(const Answer& answer, bool keep_alive, bool with_body) {
  std::string text =
      fmt::format("HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: {}\r\n{}\r\n", answer.status,
                  answer.content_type, answer.body.size(), keep_alive ? "keep-alive" : "close", answer.more_headers);
  if (with_body) text += answer.body;
  return text;
}

}  // namespace

// A client reads, is answered, and reads again. INVARIANT: `connection` is valid while it is in clients_.
struct Server::Client {
  UniqueFd connection;
  std::string in;         // what was read and is not a complete head yet
  std::string out;        // the answer
  std::size_t sent = 0;   // of it
  bool is_last = false;   // no request follows this answer
  bool is_asked = false;  // it does not read while it is answered
  std::optional<loop::EventLoop::Source> events;
  std::optional<loop::EventLoop::Source> deadline;
};

Server::Server(loop::EventLoop& loop, ServerOptions options, Page page)
    : loop_(loop),
      options_(std::move(options)),
      page_(std::move(page)),
      acceptor_(loop, [this](UniqueFd connection) { admit(std::move(connection)); }) {}

Server::~Server() {
  while (!clients_.empty()) leave(ClientPtr(clients_.back()));
}

Expected<std::unique_ptr<Server>> Server::open(loop::EventLoop& loop, ServerOptions options, Page page) {
  std::unique_ptr<Server> server(new Server(loop, std::move(options), std::move(page)));
  Status opened = server->listen();
  if (opened) opened = server->acceptor_.watch(server->listener());
  if (!opened) return fail(std::move(opened.error()).within("metrics at " + server->address()));
  return server;
}

Status Server::listen() {
  const auto address = parse_listen_address(options_.address);
  if (!address) return fail(address.error());
  if (const auto* const path = std::get_if<UnixPath>(&*address)) {
    auto opened = control::UnixListener::open(path->path, options_.group);
    if (!opened) return fail(std::move(opened.error()));
    unix_ = std::move(*opened);
  } else {
    auto opened = listen_on(std::get<Endpoint>(*address));
    if (!opened) return fail(std::move(opened.error()));
    tcp_ = std::move(*opened);
  }
  return {};
}

// An honest client sends its request in one piece: it may be there already, and then is answered before another client
// can take its place.
void Server::admit(UniqueFd connection) {
  if (clients_.size() >= kMaxClients) leave(ClientPtr(clients_.front()));
  const auto client = std::make_shared<Client>();
  client->connection = std::move(connection);
  clients_.push_back(client);
  wait(client, EPOLLIN, options_.patience);
  if (client->connection.valid()) read_from(client);
}

// Listens to the client's descriptor for `events`, which replaces what was listened for. A client for which this fails
// leaves.
void Server::wait(const ClientPtr& client, std::uint32_t events, Duration at_most) {
  const std::weak_ptr<Client> weak = client;
  client->events.reset();
  client->deadline.reset();
  auto added = loop_.add_descriptor(client->connection.get(), events, [this, weak](std::uint32_t) {
    const auto alive = weak.lock();
    if (!alive || !alive->connection.valid()) return;
    if (alive->is_asked) return write_to(alive);
    if (alive->in.find(kEndOfHead) != std::string::npos) return next_request(alive);
    read_from(alive);
  });
  if (!added) return leave(client);
  client->events = std::move(*added);
  auto timer = loop_.add_after(at_most, [this, weak] {
    if (const auto alive = weak.lock()) leave(alive);
  });
  if (!timer) return leave(client);
  client->deadline = std::move(*timer);
}

void Server::read_from(const ClientPtr& client) {
  std::array<char, 4096> buffer;
  const ssize_t got = ::recv(client->connection.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return leave(client);
  const std::size_t before = client->in.size();
  client->in.append(buffer.data(), static_cast<std::size_t>(got));
  // The end may have begun in what was there before.
  const std::size_t from = before - std::min(before, kEndOfHead.size() - 1);
  if (client->in.find(kEndOfHead, from) != std::string::npos || client->in.size() >= kMaxHead)
    return next_request(client);
  if (before == 0) wait(client, EPOLLIN, options_.patience);
}

// Takes the next request out of what was read, or waits for it.
void Server::next_request(const ClientPtr& client) {
  const std::size_t end = client->in.find(kEndOfHead);
  if (end == std::string::npos && client->in.size() < kMaxHead) {
    return wait(client, EPOLLIN, client->in.empty() ? options_.idle : options_.patience);
  }
  // The most recently active client is the last to make room for another one.
  const auto place = std::find(clients_.begin(), clients_.end(), client);
  std::rotate(place, place + 1, clients_.end());
  if (end == std::string::npos || end > kMaxHead) {
    client->is_last = true;
    client->out =
        response({"431 Request Header Fields Too Large", kSentence, "The request is too long.\n"}, false, true);
  } else {
    answer(client, std::string_view(client->in).substr(0, end + kEndOfHead.size()));
    client->in.erase(0, end + kEndOfHead.size());
  }
  client->sent = 0;
  client->is_asked = true;
  wait(client, EPOLLOUT, options_.patience);
  if (client->connection.valid()) write_to(client);
}

void Server::answer(const ClientPtr& client, std::string_view head) {
  const auto request = parse_request(head);
  Answer answer;
  if (!request) {
    answer = {"400 Bad Request", kSentence, "This is not an HTTP request.\n"};
  } else if (request->path != "/metrics") {
    answer = {"404 Not Found", kSentence, "There is only /metrics.\n"};
  } else if (request->method != "GET" && request->method != "HEAD") {
    answer = {"405 Method Not Allowed", kSentence, "Use GET.\n", "Allow: GET, HEAD\r\n"};
  } else {
    answer = {"200 OK", kTextFormat, page_()};
  }
  client->is_last = !request || !request->keep_alive;
  client->out = response(answer, !client->is_last, !request || request->method != "HEAD");
}

void Server::write_to(const ClientPtr& client) {
  const std::string_view rest = std::string_view(client->out).substr(client->sent);
  const ssize_t sent = ::send(client->connection.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (sent < 0) return leave(client);
  client->sent += static_cast<std::size_t>(sent);
  if (client->sent < client->out.size()) return;
  if (client->is_last) return leave(client);
  client->out = {};
  client->is_asked = false;
  // The next request may be there already; the loop gives other clients their turn first.
  const bool is_there = client->in.find(kEndOfHead) != std::string::npos;
  wait(client, is_there ? EPOLLOUT : EPOLLIN, client->in.empty() ? options_.idle : options_.patience);
}

void Server::leave(const ClientPtr& client) {
  client->deadline.reset();
  client->events.reset();
  client->connection.reset();
  std::erase(clients_, client);
}

}  // namespace logsniffd::metrics
