// The control socket: a unix stream socket on which programs ask the daemon questions (protocol.hpp).
//
// A client sends a request, gets its answer, and may send the next. Handlers may answer later, in any order; the main
// loop never waits for a client.
//
// ACCESS   the socket has mode 0660 and, if this process may set it, the group that the options name. In addition the
//          peer's credentials (SO_PEERCRED, SO_PEERGROUPS) are checked: root and this process's own user may do
//          everything, members of the socket's group may look, anybody else is refused.
// THREAD   the main thread.
// BOUNDS   kMaxClients clients. When one more comes, the one leaves that has been idle for longest, or else one that has
//          begun a request; if all wait for answers, the new one is refused. A request is at most kMaxRequest bytes, an answer kMaxAnswer. A client that began a
//          request, or does not read its answer, has kPatience; one that asks nothing has kIdle.
// ERRORS   a client's faults end that client only. If the process runs out of descriptors, accepting pauses.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/unique_fd.hpp"
#include "daemon/control/acceptor.hpp"
#include "daemon/control/protocol.hpp"
#include "daemon/control/unix_listener.hpp"
#include "daemon/loop/event_loop.hpp"

namespace logsniffd::control {

inline constexpr std::size_t kMaxClients = 32;
inline constexpr Duration kPatience = std::chrono::seconds(10);
inline constexpr Duration kIdle = std::chrono::minutes(1);

enum class Access { look, change };

struct ServerOptions {
  std::string path = {};
  std::string group = "adm";
  Duration patience = kPatience;  // these two can be shorter for tests
  Duration idle = kIdle;
};

class Server {
  struct Client;

 public:
  // The right to answer one request, which the destructor uses up: it closes the connection of a client that got no
  // answer. An answer to a client that has left meanwhile is dropped. May outlive the server.
  class Reply {
   public:
    Reply(Reply&&) noexcept = default;
    Reply& operator=(Reply&&) noexcept = default;
    ~Reply();

    [[nodiscard]] Access access() const { return access_; }
    // A line of protocol.hpp.
    void send(std::string line) &&;
    // Takes the connection over, from whose client the server reads and to which it sends nothing more; not valid if
    // the client has left. Non-blocking.
    [[nodiscard]] UniqueFd take() &&;

   private:
    friend class Server;
    Reply(const std::shared_ptr<Client>& client, Access access) : client_(client), access_(access) {}

    std::weak_ptr<Client> client_;  // weak: the client, or the server, may be gone first
    Access access_;
  };
  using Handler = std::function<void(Request, Reply)>;

  // Listens. A socket that nobody listens on any more is replaced; ERRORS  runtime, with the path: another process
  // listens there, or the path cannot be used.
  static Expected<std::unique_ptr<Server>> open(loop::EventLoop& loop, ServerOptions options, Handler handler);
  // Removes the socket, and ends every client.
  ~Server();

  [[nodiscard]] const std::string& path() const { return options_.path; }
  [[nodiscard]] std::size_t clients() const { return clients_.size(); }

 private:
  Server(loop::EventLoop& loop, ServerOptions options, Handler handler);

  void admit(UniqueFd connection);
  [[nodiscard]] std::optional<Access> access_of(int connection) const;
  [[nodiscard]] bool make_room();
  void read_from(const std::shared_ptr<Client>& client);
  void next_request(const std::shared_ptr<Client>& client);
  void answer(const std::shared_ptr<Client>& client, std::string line);
  void write_to(const std::shared_ptr<Client>& client);
  void wait(const std::shared_ptr<Client>& client, std::uint32_t events, std::optional<Duration> at_most);
  void leave(const std::shared_ptr<Client>& client);

  loop::EventLoop& loop_;
  ServerOptions options_;
  Handler handler_;
  UnixListener listener_;
  Acceptor acceptor_;                             // of listener_, and so after it
  std::vector<std::shared_ptr<Client>> clients_;  // the longest idle first; shared with a call in progress
};

}  // namespace logsniffd::control
