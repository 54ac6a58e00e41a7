// Serves the page of the metrics by HTTP/1.1: GET /metrics, and nothing else.
//
// THREAD  the main thread. The loop never waits for a client; while nobody is connected there are no wake-ups.
// BOUNDS  kMaxClients clients. When one more comes, the one leaves that has been silent for longest. The head of a request
//         is at most kMaxHead bytes. A client that began a request, or does not read its answer, has `patience`; one
//         that asks nothing has kIdle. Memory: one page for each client that does not read it.
// ERRORS  a client's faults end that client only. If the process runs out of descriptors, accepting pauses.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/control/acceptor.hpp"
#include "daemon/control/unix_listener.hpp"
#include "daemon/loop/event_loop.hpp"

namespace logsniffd::metrics {

inline constexpr std::size_t kMaxClients = 16;
inline constexpr std::size_t kMaxHead = 8192;
inline constexpr Duration kPatience = std::chrono::seconds(10);
// More than the usual time between two scrapes, which use one connection.
inline constexpr Duration kIdle = std::chrono::seconds(65);

struct ServerOptions {
  std::string address = {};       // see parse_listen_address()
  std::string group = "adm";      // of a unix socket
  Duration patience = kPatience;  // these two can be shorter for tests
  Duration idle = kIdle;
};

class Server {
 public:
  using Page = std::function<std::string()>;  // called for each request

  // ERRORS  usage: not such an address; runtime: nothing can listen there. Both name the address.
  static Expected<std::unique_ptr<Server>> open(loop::EventLoop& loop, ServerOptions options, Page page);
  // Ends every client, and removes a unix socket.
  ~Server();

  [[nodiscard]] const std::string& address() const { return options_.address; }
  [[nodiscard]] std::size_t clients() const { return clients_.size(); }

 private:
  struct Client;
  using ClientPtr = std::shared_ptr<Client>;  // shared with a call in progress, which may end the client

  Server(loop::EventLoop& loop, ServerOptions options, Page page);

  [[nodiscard]] Status listen();
  [[nodiscard]] int listener() const { return tcp_.valid() ? tcp_.get() : unix_.descriptor(); }
  void admit(UniqueFd connection);
  void wait(const ClientPtr& client, std::uint32_t events, Duration at_most);
  void read_from(const ClientPtr& client);
  void next_request(const ClientPtr& client);
  void answer(const ClientPtr& client, std::string_view head);
  void write_to(const ClientPtr& client);
  void leave(const ClientPtr& client);

  loop::EventLoop& loop_;
  ServerOptions options_;
  Page page_;
  UniqueFd tcp_;  // one of these two listens
  control::UnixListener unix_;
  control::Acceptor acceptor_;      // of the one that listens, and so after it
  std::vector<ClientPtr> clients_;  // the longest silent first
};

}  // namespace logsniffd::metrics
