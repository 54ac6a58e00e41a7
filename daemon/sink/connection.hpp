// A connection to a peer that comes and goes: connected when it is needed, again when it was lost, and not more often
// than the back-off allows.
//
// THREAD  confined to the sink's worker, but for the first connect().
// BLOCK   waits through Interrupt, each time at most for `timing.patience` (see also connect_to about names).
// LOSS    what the kernel took and the peer never read is not known to anybody here; the protocols have no
// acknowledgement.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/sink/backoff.hpp"
#include "daemon/sink/line_block.hpp"
#include "daemon/sink/output.hpp"
#include "daemon/sink/peer.hpp"
#include "daemon/sink/sinks.hpp"

namespace logsniffd::sink {

class Connection {
 public:
  Connection(Peer peer, SocketTiming timing) : peer_(std::move(peer)), timing_(std::move(timing)) {}

  // Now, whatever the back-off.
  Status connect(Interrupt& interrupt);
  // True where it is connected, perhaps only now.
  [[nodiscard]] bool ready(Interrupt& interrupt);
  void close() { socket_.reset(); }

  // REQUIRED: ready().
  [[nodiscard]] bool is_stream() const { return is_stream_; }

  // Sends one datagram, with the descriptor `passed` where it is not -1. A connection that turns out dead is made
  // again, once. Returns why it could not be sent: too_large (also ENOBUFS of a unix socket), unreachable, timeout,
  // shutdown, io_error.
  [[nodiscard]] std::optional<DropReason> send(std::string_view datagram, int passed, Interrupt& interrupt);

  // Sends the lines of the block's text over a stream, and counts in `lines_sent` those that the kernel took whole. A
  // connection that breaks is made again, once, and goes on with the first line that was not. Returns why the rest was
  // not sent.
  [[nodiscard]] std::optional<DropReason> send_stream(LineBlock& block, std::uint64_t& lines_sent,
                                                      Interrupt& interrupt);

  // The latest trouble, once.
  [[nodiscard]] std::string take_error() { return std::exchange(error_, {}); }

 private:
  [[nodiscard]] bool closed_by_peer();
  void lost(std::string_view why);

  Peer peer_;
  SocketTiming timing_;
  Backoff backoff_;
  std::optional<Output> socket_;
  bool is_stream_ = false;
  std::string error_;
};

}  // namespace logsniffd::sink
