// A connected stream socket: a unix one, TCP, or TLS over TCP.
//
// Bytes "on the wire" are those that the kernel was given: with TLS, the bytes of its records, not of the plain text.
//
// THREAD  confined to the sink's worker.
// BLOCK   waits through Interrupt alone, each time at most for `patience`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/sink/net/tls_stream.hpp"
#include "daemon/sink/output.hpp"

namespace logsniffd::sink::net {

class PeerStream {
 public:
  enum class Kind : std::uint8_t { local, tcp };

  PeerStream(UniqueFd fd, Kind kind) : socket_(std::move(fd)), kind_(kind) {}
  // Over TLS: `tls` borrows `fd`.
  PeerStream(UniqueFd fd, std::unique_ptr<TlsStream> tls)
      : socket_(std::move(fd)), kind_(Kind::tcp), tls_(std::move(tls)) {}

  // The most bytes that one write() may be given.
  [[nodiscard]] std::size_t piece() const { return tls_ ? TlsStream::kRecord : std::string_view::npos; }
  // `bytes` of the result counts those that the peer can read, once everything on the wire has arrived.
  [[nodiscard]] WriteResult write(std::string_view bytes, Interrupt& interrupt, Duration patience);
  [[nodiscard]] std::string describe(const WriteResult& result) const;
  // True if nothing more can be written after a partial write.
  [[nodiscard]] bool torn() const { return tls_ && tls_->torn(); }

  // Why the peer is gone; nothing if it is not. Data from the peer is read and discarded: a log target answers nothing.
  [[nodiscard]] std::optional<std::string> end();

  // How many bytes on the wire must arrive before the peer can read everything written except the last `behind` bytes.
  [[nodiscard]] std::uint64_t wire_end(std::uint64_t behind) const {
    return tls_ ? tls_->wire_bytes() : wire_ - behind;
  }
  // False if it cannot be known what has arrived.
  [[nodiscard]] bool has_acknowledgements() const { return kind_ == Kind::tcp; }
  // Bytes on the wire that the other side's TCP has acknowledged.
  [[nodiscard]] std::uint64_t acknowledged() const;
  // True if the other side's TCP answers, whatever its program does.
  [[nodiscard]] bool peer_answers(Duration patience) const;

  // Ends the stream in good order, and waits until the peer has taken all of it. Returns false if it broke meanwhile.
  // Nothing more can be written.
  [[nodiscard]] bool finish(Interrupt& interrupt, Duration patience);
  // After this, closing the stream throws away what the peer has not acknowledged.
  void discard();

 private:
  Output socket_;
  Kind kind_;
  std::unique_ptr<TlsStream> tls_;
  std::uint64_t wire_ = 0;
  bool ended_ = false;
};

}  // namespace logsniffd::sink::net
