// OpenSSL's functions, looked up in its library when the first TLS sink is opened. The daemon is not linked with it: most
// have no such sink, and need not hold the library in memory (docs/decisions/0021-openssl-at-run-time.md).
//
// OpenSSL's macros call its functions by their global names, which do not exist here: the linker refuses them. Call what
// is behind the macro (SSL_CTX_set_mode: SSL_CTX_ctrl).
//
// THREAD    any. The functions are written once, under a lock.
// LIFETIME  the library stays loaded until the process ends.
// BLOCK     loading reads files: libssl, libcrypto and /etc/ssl/openssl.cnf.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <string>

#include "daemon/base/error.hpp"

namespace logsniffd::sink::net {

#define LOGSNIFFD_OPENSSL_FUNCTIONS(FUNCTION)  \
  FUNCTION(BIO_clear_flags)                    \
  FUNCTION(BIO_get_data)                       \
  FUNCTION(BIO_meth_free)                      \
  FUNCTION(BIO_meth_new)                       \
  FUNCTION(BIO_meth_set_ctrl)                  \
  FUNCTION(BIO_meth_set_read)                  \
  FUNCTION(BIO_meth_set_write)                 \
  FUNCTION(BIO_new)                            \
  FUNCTION(BIO_set_data)                       \
  FUNCTION(BIO_set_flags)                      \
  FUNCTION(BIO_set_init)                       \
  FUNCTION(ERR_clear_error)                    \
  FUNCTION(ERR_peek_error)                     \
  FUNCTION(ERR_reason_error_string)            \
  FUNCTION(SSL_CTX_ctrl)                       \
  FUNCTION(SSL_CTX_free)                       \
  FUNCTION(SSL_CTX_load_verify_file)           \
  FUNCTION(SSL_CTX_new)                        \
  FUNCTION(SSL_CTX_set_default_passwd_cb)      \
  FUNCTION(SSL_CTX_set_default_verify_paths)   \
  FUNCTION(SSL_CTX_set_options)                \
  FUNCTION(SSL_CTX_set_verify)                 \
  FUNCTION(SSL_CTX_use_PrivateKey_file)        \
  FUNCTION(SSL_CTX_use_certificate_chain_file) \
  FUNCTION(SSL_connect)                        \
  FUNCTION(SSL_ctrl)                           \
  FUNCTION(SSL_free)                           \
  FUNCTION(SSL_get0_param)                     \
  FUNCTION(SSL_get_error)                      \
  FUNCTION(SSL_get_verify_result)              \
  FUNCTION(SSL_new)                            \
  FUNCTION(SSL_read)                           \
  FUNCTION(SSL_set_bio)                        \
  FUNCTION(SSL_set_cert_cb)                    \
  FUNCTION(SSL_shutdown)                       \
  FUNCTION(SSL_version)                        \
  FUNCTION(SSL_write)                          \
  FUNCTION(TLS_client_method)                  \
  FUNCTION(X509_VERIFY_PARAM_set1_host)        \
  FUNCTION(X509_VERIFY_PARAM_set1_ip_asc)      \
  FUNCTION(X509_VERIFY_PARAM_set_hostflags)    \
  FUNCTION(X509_verify_cert_error_string)

struct OpenSsl {
#define LOGSNIFFD_OPENSSL_MEMBER(name) decltype(&::name) name = nullptr;  // NOLINT(*-macro-parentheses)
  LOGSNIFFD_OPENSSL_FUNCTIONS(LOGSNIFFD_OPENSSL_MEMBER)
#undef LOGSNIFFD_OPENSSL_MEMBER

  // Looks all of them up. The error names the library, what is wrong with it, and the fix.
  static Expected<OpenSsl> load(const std::string& library);
};

// Loads OpenSSL, once in the process, and fills openssl(). After a failure, the next call tries again: the library may have
// been installed meanwhile.
[[nodiscard]] Status load_openssl();

// REQUIRED: load_openssl() succeeded, on this thread or before this thread began.
[[nodiscard]] const OpenSsl& openssl();

// For std::unique_ptr: frees by a member of OpenSsl.
template <auto Free>
struct OpenSslDeleter {
  template <class T>
  void operator()(T* object) const {
    (openssl().*Free)(object);
  }
};

}  // namespace logsniffd::sink::net
