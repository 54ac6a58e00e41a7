// A connection to a peer that may come and go: made when it is needed, made again when it was lost, but not more often
// than the back-off allows.
//
// THREAD  confined to the sink's worker, except the first connect().
// BLOCK   waits through Interrupt, each time at most for `timing.patience`.
// LOSS    the protocols have no acknowledgement, but over TCP and TLS the other side's TCP has one. Lines that it has
//         not acknowledged when a connection breaks are sent again over the next one, so some may arrive twice
//         (docs/decisions/0008-syslog-transport.md). Bytes that it acknowledged but the peer never read cannot be known
//         here, nor can the fate of what the kernel took for a unix socket or UDP.
//         An owner that keeps what it sends (keep_nothing()) learns instead how much of it to send again. That
//         includes what was acknowledged only recently (in_flight.hpp). Nothing new is sent until the owner knows.
// BOUNDS  keeps at most SentTail::kCapacity bytes of lines.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/format/line_block.hpp"
#include "daemon/sink/backoff.hpp"
#include "daemon/sink/net/in_flight.hpp"
#include "daemon/sink/net/peer.hpp"
#include "daemon/sink/net/peer_stream.hpp"
#include "daemon/sink/net/sent_tail.hpp"
#include "daemon/sink/net/socket_timing.hpp"
#include "daemon/sink/net/tls_options.hpp"

namespace logsniffd::sink::net {

// What became of lines that were sent before.
struct Redelivery {
  std::uint64_t resent = 0;
  std::uint64_t unconfirmed = 0;  // not acknowledged, and not sent again
  std::uint64_t taken_back = 0;   // this many of the latest lines are to be sent again by the owner
};

class TargetConnection {
 public:
  // `tls` applies only if the peer's kind is tls.
  TargetConnection(Peer peer, SocketTiming timing, TlsOptions tls = {})
      : peer_(std::move(peer)), timing_(std::move(timing)), tls_(std::move(tls)) {}

  // Connects now, whatever the back-off says.
  Status connect(Interrupt& interrupt);
  // True if it is connected, perhaps only since this call.
  [[nodiscard]] bool ready(Interrupt& interrupt);
  // The owner sends lost lines again. REQUIRED: nothing was sent.
  void keep_nothing() { in_flight_.emplace(); }
  // How many of the latest lines may have to be sent again; only with keep_nothing().
  [[nodiscard]] std::uint64_t in_flight() const { return in_flight_ ? in_flight_->lines() : 0; }
  // Checks the connection while nothing is sent.
  void maintain();
  // The next ready() connects again.
  void reopen() { reopen_ = true; }
  // Sends what is waiting to be sent again, and waits until a stream's peer has taken all of it.
  void finish(Interrupt& interrupt);

  // REQUIRED: ready().
  [[nodiscard]] bool is_stream() const { return stream_.has_value(); }

  // Sends one datagram, with the descriptor `passed` unless it is -1. If the connection turns out to be dead, it is
  // made again once. Returns why the datagram could not be sent: too_large (also ENOBUFS of a unix socket),
  // unreachable, timeout, shutdown, io_error.
  [[nodiscard]] std::optional<DropReason> send(std::string_view datagram, int passed, Interrupt& interrupt);

  // Sends datagrams in order, several with each system call, and counts in `sent` those that the kernel took.
  // Returns why the next one was not sent, as send() does. If the connection turns out to be dead, it is made again
  // once per call.
  [[nodiscard]] std::optional<DropReason> send_each(std::span<const std::string_view> datagrams, std::size_t& sent,
                                                    Interrupt& interrupt);

  // Sends the lines of the block's text over a stream, and counts in `lines_sent` those that the kernel took whole. If
  // the connection breaks, it is made again once, and sending continues with the first line that was not acknowledged.
  // Returns why the rest was not sent.
  [[nodiscard]] std::optional<DropReason> send_stream(format::LineBlock& block, std::uint64_t& lines_sent,
                                                      Interrupt& interrupt);

  // Returns the latest error and clears it.
  [[nodiscard]] std::string take_error() { return std::exchange(error_, {}); }
  // What happened since the last call.
  [[nodiscard]] Redelivery take_redelivery() { return std::exchange(redelivery_, {}); }

 private:
  struct LineResult : WriteResult {
    bool torn_line = false;  // the write ended within a line
  };

  [[nodiscard]] bool connected() const { return stream_.has_value() || datagram_socket_.valid(); }
  [[nodiscard]] LineResult send_again(Interrupt& interrupt);
  [[nodiscard]] LineResult send_lines(format::LineBlock& block, std::uint64_t& lines_sent, Interrupt& interrupt);
  // Calls `attempt`, which returns 0 or errno, until it succeeds or there is a reason to give up.
  template <typename Attempt>
  [[nodiscard]] std::optional<DropReason> deliver(const Attempt& attempt, Interrupt& interrupt);
  [[nodiscard]] Status establish(Interrupt& interrupt);
  void close(Interrupt& interrupt);
  void lost(std::string_view why);
  void drop();
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
  std::optional<PeerStream> stream_;
  OwnFlows::Entry own_flow_;  // while one of them is open
  SentTail tail_;
  std::optional<InFlight> in_flight_;  // instead of the tail
  Redelivery redelivery_;
  bool reopen_ = false;
  std::string error_;
};

}  // namespace logsniffd::sink::net
