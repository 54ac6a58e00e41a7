// A connection to a peer that comes and goes: connected when it is needed, again when it was lost, and not more often
// than the back-off allows.
//
// THREAD  confined to the sink's worker, but for the first connect().
// BLOCK   waits through Interrupt, each time at most for `timing.patience`.
// LOSS    the protocols have no acknowledgement. Over TCP and TLS the other side's TCP has: lines that it has not
//         acknowledged when a connection breaks are sent again over the next one, so that some may arrive twice
//         (docs/decisions/0008-syslog-transport.md). What it has acknowledged and the peer never read is not known to
//         anybody here, nor what the kernel took of a unix socket or UDP.
//         An owner that keeps what it sends (keep_nothing()) is told how much of it is to be sent again instead, and
//         what was acknowledged only just before counts as well (in_flight.hpp); nothing new is sent until it knows.
// BOUNDS  SentTail::kCapacity of lines kept.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/sink/backoff.hpp"
#include "daemon/sink/in_flight.hpp"
#include "daemon/sink/line_block.hpp"
#include "daemon/sink/peer.hpp"
#include "daemon/sink/sent_tail.hpp"
#include "daemon/sink/sinks.hpp"
#include "daemon/sink/stream.hpp"

namespace logsniffd::sink {

// Lines that were sent before, and what became of them.
struct Redelivery {
  std::uint64_t resent = 0;
  std::uint64_t unconfirmed = 0;  // not acknowledged, and not to be sent again
  std::uint64_t taken_back = 0;   // the latest so many of all, which the owner is to send again
};

class Connection {
 public:
  // `tls` counts where the peer's kind is tls.
  Connection(Peer peer, SocketTiming timing, TlsOptions tls = {})
      : peer_(std::move(peer)), timing_(std::move(timing)), tls_(std::move(tls)) {}

  // Now, whatever the back-off.
  Status connect(Interrupt& interrupt);
  // True where it is connected, perhaps only now.
  [[nodiscard]] bool ready(Interrupt& interrupt);
  // The owner sends again what is lost. REQUIRED: nothing was sent.
  void keep_nothing() { in_flight_.emplace(); }
  // How many of the latest lines may have to be sent again; with keep_nothing() alone.
  [[nodiscard]] std::uint64_t in_flight() const { return in_flight_ ? in_flight_->lines() : 0; }
  // Looks after the connection while nothing is sent.
  void tend();
  // The next ready() connects anew.
  void reopen() { reopen_ = true; }
  // Sends what is left to be sent again, and waits until a stream's peer has taken all of it.
  void finish(Interrupt& interrupt);

  // REQUIRED: ready().
  [[nodiscard]] bool is_stream() const { return stream_.has_value(); }

  // Sends one datagram, with the descriptor `passed` where it is not -1. A connection that turns out dead is made
  // again, once. Returns why it could not be sent: too_large (also ENOBUFS of a unix socket), unreachable, timeout,
  // shutdown, io_error.
  [[nodiscard]] std::optional<DropReason> send(std::string_view datagram, int passed, Interrupt& interrupt);

  // Sends datagrams in order, several with each system call, and counts in `sent` those that the kernel took. Returns
  // why the next was not sent, as send() does; a connection that turns out dead is made again, once for the call.
  [[nodiscard]] std::optional<DropReason> send_each(std::span<const std::string_view> datagrams, std::size_t& sent,
                                                    Interrupt& interrupt);

  // Sends the lines of the block's text over a stream, and counts in `lines_sent` those that the kernel took whole. A
  // connection that breaks is made again, once, and goes on with the first line that was not acknowledged. Returns why
  // the rest was not sent.
  [[nodiscard]] std::optional<DropReason> send_stream(LineBlock& block, std::uint64_t& lines_sent,
                                                      Interrupt& interrupt);

  // The latest trouble, once.
  [[nodiscard]] std::string take_error() { return std::exchange(error_, {}); }
  // What happened since the last call.
  [[nodiscard]] Redelivery take_redelivery() { return std::exchange(redelivery_, {}); }

 private:
  struct LineResult : WriteResult {
    bool torn_line = false;  // it ended within a line
  };

  [[nodiscard]] bool connected() const { return stream_.has_value() || datagram_socket_.valid(); }
  [[nodiscard]] LineResult send_again(Interrupt& interrupt);
  [[nodiscard]] LineResult send_lines(LineBlock& block, std::uint64_t& lines_sent, Interrupt& interrupt);
  // Calls `attempt`, which returns 0 or errno, until it succeeds or there is a reason to give up.
  template <typename Attempt>
  [[nodiscard]] std::optional<DropReason> deliver(const Attempt& attempt, Interrupt& interrupt);
  [[nodiscard]] Status establish(Interrupt& interrupt);
  void close(Interrupt& interrupt);
  void lost(std::string_view why);
  void give_up_torn_stream();
  void keep_for_resending();
  void look_at_acknowledgements();
  void remember(std::string_view line, std::uint64_t wire_end);

  Peer peer_;
  SocketTiming timing_;
  TlsOptions tls_;
  Resolver resolver_;
  Backoff backoff_;
  UniqueFd datagram_socket_;
  std::optional<Stream> stream_;
  SentTail tail_;
  std::optional<InFlight> in_flight_;  // in place of the tail
  Redelivery redelivery_;
  bool reopen_ = false;
  std::string error_;
};

}  // namespace logsniffd::sink
