// Whom a TLS client trusts and who it says it is: OpenSSL's SSL_CTX, made from the files that TlsOptions names.
//
// At least TLS 1.2, the server's certificate verified unless `verify` is false, no renegotiation; never asks a terminal
// for a passphrase.
//
// THREAD  confined to its owner.
// BLOCK   reads regular files only.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "daemon/base/error.hpp"
#include "daemon/sink/sinks.hpp"

namespace logsniffd::sink {

class TlsContext {
 public:
  // The error names the key of the configuration, the file, what is wrong with it, and the mend.
  static Expected<TlsContext> create(const TlsOptions& options);

  [[nodiscard]] SSL_CTX* get() const { return context_.get(); }

 private:
  explicit TlsContext(SSL_CTX* context) : context_(context, &::SSL_CTX_free) {}
  std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context_;
};

// The reason that OpenSSL gave for the latest failure on this thread, in its own words; forgets it.
[[nodiscard]] std::string take_tls_reason();

}  // namespace logsniffd::sink
