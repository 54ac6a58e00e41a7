#include "daemon/sink/net/tls_context.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <string_view>

#include "daemon/base/unique_fd.hpp"

namespace logsniffd::sink::net {
namespace {

tl::unexpected<Error> file_failure(std::string_view key, const std::string& file, std::string_view what) {
  return fail(Error::runtime(fmt::format("{}: {}: {}", key, file, what)));
}

// OpenSSL says "system lib" for every file error, and would wait for the writer of a pipe.
Status check_file(std::string_view key, const std::string& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid()) {
    const int error = errno;
    const std::string_view hint =
        error == EACCES || error == EPERM ? "; the user that runs logsniffd must be able to read it" : "; fix the path";
    return fail(Error::runtime(Error::system(fmt::format("{}: {}", key, file), error).message() + std::string(hint)));
  }
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode))
    return file_failure(key, file, "is not a regular file");
  return {};
}

int no_passphrase(char*, int, int, void*) { return -1; }

Status load_trust(SSL_CTX* context, const TlsOptions& options) {
  if (options.ca.empty()) {
    openssl().SSL_CTX_set_default_verify_paths(context);
    return {};
  }
  if (Status readable = check_file("tls.ca", options.ca); !readable) return readable;
  if (openssl().SSL_CTX_load_verify_file(context, options.ca.c_str()) == 1) return {};
  return file_failure("tls.ca", options.ca, take_tls_reason() + "; it must contain certificates in PEM");
}

Status load_identity(SSL_CTX* context, const TlsOptions& options) {
  if (options.certificate.empty()) return {};
  if (Status readable = check_file("tls.certificate", options.certificate); !readable) return readable;
  if (Status readable = check_file("tls.key", options.key); !readable) return readable;
  if (openssl().SSL_CTX_use_certificate_chain_file(context, options.certificate.c_str()) != 1) {
    return file_failure("tls.certificate", options.certificate,
                        take_tls_reason() + "; it must contain a certificate in PEM");
  }
  // This also compares the key with the certificate.
  if (openssl().SSL_CTX_use_PrivateKey_file(context, options.key.c_str(), SSL_FILETYPE_PEM) == 1) return {};
  const bool no_match = ERR_GET_REASON(openssl().ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH;
  return file_failure("tls.key", options.key,
                      take_tls_reason() + (no_match ? "; it is not the key of tls.certificate"
                                                    : "; it must contain a private key in PEM, without a passphrase"));
}

}  // namespace

Expected<TlsContext> TlsContext::create(const TlsOptions& options) {
  if (Status loaded = load_openssl(); !loaded) return fail(std::move(loaded.error()));
  const OpenSsl& ssl = openssl();
  ssl.ERR_clear_error();
  TlsContext made(ssl.SSL_CTX_new(ssl.TLS_client_method()));
  SSL_CTX* const context = made.get();
  if (context == nullptr) return fail(Error::runtime("starting OpenSSL: " + take_tls_reason()));
  ssl.SSL_CTX_set_default_passwd_cb(context, &no_passphrase);
  ssl.SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, nullptr);
  ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr);
  // A write that would block is tried again with the same bytes, which may have moved meanwhile.
  ssl.SSL_CTX_ctrl(context, SSL_CTRL_MODE, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER,
                   nullptr);
  ssl.SSL_CTX_set_verify(context, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (Status loaded = load_trust(context, options); !loaded) return fail(std::move(loaded.error()));
  if (Status loaded = load_identity(context, options); !loaded) return fail(std::move(loaded.error()));
  return made;
}

std::string take_tls_reason() {
  const unsigned long code = openssl().ERR_peek_error();  // the first one: later ones say where it happened
  openssl().ERR_clear_error();
  const char* const reason = openssl().ERR_reason_error_string(code);
  return reason != nullptr ? reason : fmt::format("OpenSSL error {:#x}", code);
}

}  // namespace logsniffd::sink::net
