// Whom a TLS client trusts and how it identifies itself: OpenSSL's SSL_CTX, made from the files that TlsOptions names.
//
// At least TLS 1.2, no renegotiation; the server's certificate is verified unless `verify` is false. Never asks a
// terminal for a passphrase.
//
// THREAD  confined to its owner.
// BLOCK   reads regular files only. The first one in the process loads OpenSSL.
#pragma once

#include <memory>
#include <string>

#include "daemon/base/error.hpp"
#include "daemon/sink/net/openssl.hpp"
#include "daemon/sink/net/tls_options.hpp"

namespace logsniffd::sink::net {

class TlsContext {
 public:
  // The error names the configuration key, the file, what is wrong with it, and the fix; or OpenSSL's library.
  static Expected<TlsContext> create(const TlsOptions& options);

  [[nodiscard]] SSL_CTX* get() const { return context_.get(); }

 private:
  explicit TlsContext(SSL_CTX* context) : context_(context) {}
  std::unique_ptr<SSL_CTX, OpenSslDeleter<&OpenSsl::SSL_CTX_free>> context_;
};

// Returns and clears OpenSSL's reason, in its own words, for the latest failure on this thread. REQUIRED: as for
// openssl().
[[nodiscard]] std::string take_tls_reason();

}  // namespace logsniffd::sink::net
