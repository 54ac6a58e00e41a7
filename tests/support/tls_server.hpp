// A TLS server on the loopback address, in the role of a syslog collector. It handles a connection on its own thread,
// because the client under test waits for it.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>

#include <array>
#include <csignal>
#include <functional>
#include <future>
#include <memory>
#include <string>

#include "tests/support/certificates.hpp"
#include "tests/support/unix_receiver.hpp"

namespace logsniffd::test {

// The server's end of one connection.
class TlsPeer {
 public:
  TlsPeer(SSL_CTX* context, UniqueFd fd) : fd_(std::move(fd)), session_(::SSL_new(context)) {
    ::SSL_set_fd(session_.get(), fd_.get());
    shaken_ = ::SSL_accept(session_.get()) == 1;
    ::ERR_clear_error();
  }

  [[nodiscard]] bool shaken() const { return shaken_; }
  [[nodiscard]] std::string server_name() const {
    const char* const name = ::SSL_get_servername(session_.get(), TLSEXT_NAMETYPE_host_name);
    return name != nullptr ? name : "";
  }
  [[nodiscard]] int version() const { return ::SSL_version(session_.get()); }
  [[nodiscard]] int fd() const { return fd_.get(); }

  // Exactly `size` bytes, or the bytes before the end of the stream.
  std::string read(std::size_t size) {
    std::string bytes;
    std::array<char, 16384> buffer;
    while (bytes.size() < size) {
      if (::SSL_pending(session_.get()) == 0 && !readable(fd_.get())) break;
      const std::size_t want = std::min(buffer.size(), size - bytes.size());
      const int got = ::SSL_read(session_.get(), buffer.data(), static_cast<int>(want));
      if (got <= 0) {
        ended_well_ = ::SSL_get_error(session_.get(), got) == SSL_ERROR_ZERO_RETURN;
        break;
      }
      bytes.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::ERR_clear_error();
    return bytes;
  }
  std::string read_all() { return read(std::size_t{1} << 40); }
  // Whether the client announced the end of the stream before it hung up.
  [[nodiscard]] bool ended_well() const { return ended_well_; }
  void close() {
    ::SSL_shutdown(session_.get());
    ::ERR_clear_error();
    fd_.reset();
  }

 private:
  struct Free {
    void operator()(SSL* session) const { ::SSL_free(session); }
  };
  UniqueFd fd_;
  std::unique_ptr<SSL, Free> session_;
  bool shaken_ = false;
  bool ended_well_ = false;
};

class TlsServer {
 public:
  explicit TlsServer(const Pem& identity) : context_(::SSL_CTX_new(::TLS_server_method())) {
    const auto certificate = from_pem<X509>(identity.certificate, &::PEM_read_bio_X509, &::X509_free);
    const auto key = from_pem<EVP_PKEY>(identity.key, &::PEM_read_bio_PrivateKey, &::EVP_PKEY_free);
    const bool usable = ::SSL_CTX_use_certificate(context_.get(), certificate.get()) == 1 &&
                        ::SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1;
    if (!usable) std::abort();
  }

  // The client must present a certificate of this authority.
  void require_client(const CertificateAuthority& issuer) {
    const auto trusted = from_pem<X509>(issuer.certificate(), &::PEM_read_bio_X509, &::X509_free);
    ::X509_STORE_add_cert(::SSL_CTX_get_cert_store(context_.get()), trusted.get());
    ::SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  void speak_at_most(int version) {
    if (version < TLS1_2_VERSION) ::SSL_CTX_set_security_level(context_.get(), 0);
    ::SSL_CTX_ctrl(context_.get(), SSL_CTRL_SET_MAX_PROTO_VERSION, version, nullptr);
  }
  // Most of what is sent stays on the client's side, because nobody reads it.
  void receive_little() {
    const int little = 2048;
    ::setsockopt(receiver_.fd(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
  }

  [[nodiscard]] std::string port() const { return receiver_.address().substr(receiver_.address().find(':') + 1); }

  // Takes the next connection, then runs `what`; returns its result.
  template <class What>
  auto serve(What what) {
    return std::async(std::launch::async, [this, what = std::move(what)] {
      // OpenSSL writes with write(2): a client that has left must not end the test. A client that raises SIGPIPE itself
      // still does.
      sigset_t broken_pipe;
      ::sigemptyset(&broken_pipe);
      ::sigaddset(&broken_pipe, SIGPIPE);
      ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
      TlsPeer peer(context_.get(), accept_one(receiver_.fd()));
      return what(peer);
    });
  }
  // Everything that comes over the next connection, until its end.
  std::future<std::string> receive_all() {
    return serve([](TlsPeer& peer) { return peer.read_all(); });
  }

 private:
  template <class T, class Read, class Free>
  static std::unique_ptr<T, Free> from_pem(const std::string& pem, Read read, Free free) {
    const std::unique_ptr<BIO, decltype(&::BIO_free)> bio(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                          &::BIO_free);
    return {read(bio.get(), nullptr, nullptr, nullptr), free};
  }

  struct FreeContext {
    void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
  };
  LoopbackReceiver receiver_{SOCK_STREAM};
  std::unique_ptr<SSL_CTX, FreeContext> context_;
};

}  // namespace logsniffd::test
