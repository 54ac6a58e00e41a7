// The client's end of a TLS connection over a connected, non-blocking TCP socket.
//
// The server's certificate must contain the name (or address) given by the target or by `server_name`. OpenSSL reads
// and writes through our own BIO over send(2) and recv(2): no SIGPIPE, and every byte on the wire is counted.
//
// THREAD    confined to the sink's worker.
// LIFETIME  the socket is borrowed, and must outlive this object.
// BLOCK     waits through Interrupt alone: each wait takes at most `patience`, and so does the handshake as a whole.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/base/error.hpp"
#include "daemon/sink/net/openssl.hpp"
#include "daemon/sink/net/socket_timing.hpp"
#include "daemon/sink/net/tls_options.hpp"
#include "daemon/sink/output.hpp"

namespace logsniffd::sink::net {

class TlsStream {
 public:
  // The bytes that one TLS record holds: write() hands over no more at a time.
  static constexpr std::size_t kRecord = 16384;

  // Does the handshake with `host`. The error says what failed, in OpenSSL's words, and the fix; it does not name
  // the host.
  static Expected<std::unique_ptr<TlsStream>> connect(int socket, const std::string& host, const TlsOptions& options,
                                                      const SocketTiming& timing, Interrupt& interrupt);
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;
  ~TlsStream() = default;

  // `bytes` of the result counts those whose records the kernel took whole: the peer can read them, and no others.
  // After a result other than `done`, the stream is of no more use unless torn() is false.
  // REQUIRED: 0 < bytes.size() <= kRecord.
  [[nodiscard]] WriteResult write(std::string_view bytes, Interrupt& interrupt, Duration patience);
  // True if a record was handed over only in part.
  [[nodiscard]] bool torn() const { return torn_; }
  // Reads what the peer sent (tickets, alerts; anything else is discarded). Returns true if the peer is gone.
  [[nodiscard]] bool closed_by_peer();
  // Tells the peer that nothing more comes, if there is room for that immediately. REQUIRED: !torn().
  void close();

  [[nodiscard]] std::uint64_t wire_bytes() const { return wire_.sent; }
  // Why write() failed or the peer is gone.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  struct Wire {
    int socket;
    std::uint64_t sent = 0;
    int error = 0;  // errno of the latest call that failed for good
  };

  explicit TlsStream(int socket) : wire_{socket} {}

  static int bio_write(BIO* bio, const char* bytes, int size);
  static int bio_read(BIO* bio, char* bytes, int size);
  static long bio_control(BIO* bio, int command, long number, void* pointer);
  static int certificate_wanted(SSL* session, void* stream);

  [[nodiscard]] bool set_up(SSL_CTX* context, const std::string& name);
  [[nodiscard]] Status handshake(const TlsOptions& options, const std::string& name, const SocketTiming& timing,
                                 Interrupt& interrupt);
  [[nodiscard]] bool refused_after_all(const SocketTiming& timing, Interrupt& interrupt);
  [[nodiscard]] WaitResult wait_for(int ssl_error, Interrupt& interrupt, Duration patience) const;
  void fail_with(int ssl_error);

  Wire wire_;
  std::unique_ptr<BIO_METHOD, OpenSslDeleter<&OpenSsl::BIO_meth_free>> method_;  // must outlive the session
  std::unique_ptr<SSL, OpenSslDeleter<&OpenSsl::SSL_free>> session_;
  bool certificate_wanted_ = false;
  bool torn_ = false;
  std::string trouble_;
};

}  // namespace logsniffd::sink::net
