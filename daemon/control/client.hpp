// The other end of the control socket: asks a running daemon, and waits for its answer.
//
// THREAD  confined to one thread; calls block, within their deadlines.
// ERRORS  what the environment did not allow, or what the daemon answered.
#pragma once

#include <optional>
#include <string>

#include "daemon/base/time.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/control/protocol.hpp"

namespace logsniffd::control {

// How long a daemon may take to accept a request or to answer it.
inline constexpr Duration kAnswerWithin = std::chrono::seconds(30);

class Connection {
 public:
  // ERRORS  runtime: "logsniffd is not running: ..." with the path and the fix, or why it cannot be asked.
  static Expected<Connection> open(const std::string& path);

  // Sends a request, and returns the members of the answer.
  [[nodiscard]] Expected<Json> ask(const Request& request, Duration within = kAnswerWithin);
  // Sends a request without waiting for its answer, which read_line() and parse_answer() read.
  [[nodiscard]] Status send(const Request& request);
  // Reads the next line, without its line feed, of at most kMaxAnswer bytes. An error if there is none in time, or if
  // the daemon closed the connection.
  [[nodiscard]] Expected<std::string> read_line(Duration within);
  // As read_line(), for lines that come when they come: nullopt if there is none in time.
  [[nodiscard]] Expected<std::optional<std::string>> next_line(Duration within);
  // Whether next_line() has a line without waiting.
  [[nodiscard]] bool has_line() const { return read_.find('\n') != std::string::npos; }
  [[nodiscard]] int fd() const { return socket_.get(); }

 private:
  explicit Connection(UniqueFd socket) : socket_(std::move(socket)) {}
  [[nodiscard]] Status send(std::string_view bytes);

  UniqueFd socket_;
  std::string read_;  // and not given out yet
};

}  // namespace logsniffd::control
