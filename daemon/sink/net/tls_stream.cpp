#include "daemon/sink/net/tls_stream.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "daemon/sink/net/tcp_socket.hpp"
#include "daemon/sink/net/tls_context.hpp"

namespace logsniffd::sink::net {
namespace {

// In TLS 1.3 the client is done before the server has looked at its certificate. Most servers then send a ticket or an
// alert; a silent one is believed after this time.
constexpr Duration kVerdict = std::chrono::seconds(1);

bool is_address(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> ignored;
  return ::inet_pton(AF_INET, name.c_str(), ignored.data()) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), ignored.data()) == 1;
}

std::string_view verification_hint(long result) {
  switch (result) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "set tls.ca to the certificate of its issuer";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "set tls.server_name to a name in it, or fix the target";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "renew it on the server";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "renew it on the server, or fix this host's clock";
    default:
      return "fix it on the server";
  }
}

// The most likely meaning here of an alert or a handshake failure.
std::string_view handshake_hint(int reason, bool certificate_wanted, bool has_certificate) {
  switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_UNEXPECTED_MESSAGE:
      return "; the port does not speak TLS: fix the port, or use tcp://";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return "; the server must speak TLS 1.2 or later";
    case SSL_R_TLSV1_UNRECOGNIZED_NAME:
      return "; the server does not know that name: set tls.server_name";
    default:
      break;
  }
  if (!certificate_wanted) return "";
  return has_certificate ? "; the server does not accept tls.certificate"
                         : "; the server wants a client certificate: set tls.certificate and tls.key";
}

}  // namespace

Expected<std::unique_ptr<TlsStream>> TlsStream::connect(int socket, const std::string& host, const TlsOptions& options,
                                                        const SocketTiming& timing, Interrupt& interrupt) {
  const auto context = TlsContext::create(options);
  if (!context) return fail(context.error());
  std::string name = options.server_name.empty() ? host : options.server_name;
  if (name.ends_with('.')) name.pop_back();  // of an absolute name (RFC 1034, 3.1); certificates do not have it
  std::unique_ptr<TlsStream> stream(new TlsStream(socket));
  openssl().ERR_clear_error();
  if (!stream->set_up(context->get(), name)) return fail(Error::runtime("starting TLS: " + take_tls_reason()));
  if (Status shaken = stream->handshake(options, name, timing, interrupt); !shaken) {
    return fail(std::move(shaken.error()));
  }
  return stream;
}

bool TlsStream::set_up(SSL_CTX* context, const std::string& name) {
  const OpenSsl& ssl = openssl();
  session_.reset(ssl.SSL_new(context));
  // Does not ask for its own type: OpenSSL has only 127 of them in the life of a process.
  method_.reset(ssl.BIO_meth_new(BIO_TYPE_SOURCE_SINK, "logsniffd socket"));
  if (!session_ || !method_) return false;
  ssl.BIO_meth_set_write(method_.get(), &bio_write);
  ssl.BIO_meth_set_read(method_.get(), &bio_read);
  ssl.BIO_meth_set_ctrl(method_.get(), &bio_control);
  BIO* const bio = ssl.BIO_new(method_.get());
  if (bio == nullptr) return false;
  ssl.BIO_set_data(bio, &wire_);
  ssl.BIO_set_init(bio, 1);
  ssl.SSL_set_bio(session_.get(), bio, bio);  // owns it from here on

  ssl.SSL_set_cert_cb(session_.get(), &certificate_wanted, this);
  X509_VERIFY_PARAM* const wanted = ssl.SSL_get0_param(session_.get());
  if (is_address(name)) return ssl.X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str()) == 1;
  ssl.X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (ssl.X509_VERIFY_PARAM_set1_host(wanted, name.c_str(), name.size()) != 1) return false;
  // SNI is for names only (RFC 6066, 3). Does the same as SSL_set_tlsext_host_name(), without its cast.
  return ssl.SSL_ctrl(session_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                      const_cast<char*>(name.c_str())) == 1;
}

Status TlsStream::handshake(const TlsOptions& options, const std::string& name, const SocketTiming& timing,
                            Interrupt& interrupt) {
  const SteadyTime deadline = timing.now() + timing.patience;
  while (true) {
    openssl().ERR_clear_error();
    const int done = openssl().SSL_connect(session_.get());
    if (done == 1) break;
    const int error = openssl().SSL_get_error(session_.get(), done);
    const WaitResult waited = wait_for(error, interrupt, deadline - timing.now());
    if (waited == WaitResult::timeout) {
      return fail(Error::runtime("the TLS handshake was not answered in time; is it a TLS port?"));
    }
    if (waited == WaitResult::interrupted) return fail(Error::runtime("given up because the daemon is stopping"));
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) continue;

    const long verified = openssl().SSL_get_verify_result(session_.get());
    if (options.verify && verified != X509_V_OK) {
      openssl().ERR_clear_error();
      return fail(
          Error::runtime(fmt::format("certificate of {}: {}; {}", name,
                                     openssl().X509_verify_cert_error_string(verified), verification_hint(verified))));
    }
    const int reason = ERR_GET_REASON(openssl().ERR_peek_error());
    fail_with(error);
    return fail(Error::runtime(fmt::format("TLS handshake: {}{}", trouble_,
                                           handshake_hint(reason, certificate_wanted_, !options.certificate.empty()))));
  }
  if (!refused_after_all(timing, interrupt)) return {};
  return fail(Error::runtime(
      fmt::format("TLS handshake: {}{}", trouble_, handshake_hint(0, true, !options.certificate.empty()))));
}

bool TlsStream::refused_after_all(const SocketTiming& timing, Interrupt& interrupt) {
  if (!certificate_wanted_ || openssl().SSL_version(session_.get()) < TLS1_3_VERSION) return false;
  return interrupt.wait(wire_.socket, POLLIN, std::min(kVerdict, timing.patience)) == WaitResult::ready &&
         closed_by_peer();
}

WriteResult TlsStream::write(std::string_view bytes, Interrupt& interrupt, Duration patience) {
  WriteResult result;
  while (result.bytes < bytes.size()) {
    const std::string_view rest = bytes.substr(result.bytes);
    const std::uint64_t before = wire_.sent;
    openssl().ERR_clear_error();
    const int took = openssl().SSL_write(session_.get(), rest.data(), static_cast<int>(rest.size()));
    if (took > 0) {
      torn_ = false;
      result.bytes += static_cast<std::uint64_t>(took);
      continue;
    }
    const int error = openssl().SSL_get_error(session_.get(), took);
    // Once sealed, a record is the next thing that this session sends: even if none of it was taken yet, other bytes
    // cannot go before it.
    torn_ = torn_ || wire_.sent != before || error == SSL_ERROR_WANT_WRITE;
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      result.outcome = WriteOutcome::failed;
      result.error = wire_.error != 0 ? wire_.error : ECONNRESET;
      fail_with(error);
      return result;
    }
    const WaitResult waited = wait_for(error, interrupt, patience);
    if (waited == WaitResult::ready) continue;
    result.outcome = waited == WaitResult::timeout ? WriteOutcome::timeout : WriteOutcome::interrupted;
    return result;
  }
  return result;
}

bool TlsStream::closed_by_peer() {
  std::array<char, 4096> ignored;
  for (int i = 0; i < kMostReads; ++i) {
    openssl().ERR_clear_error();
    const int got = openssl().SSL_read(session_.get(), ignored.data(), ignored.size());
    if (got > 0) continue;
    const int error = openssl().SSL_get_error(session_.get(), got);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return false;
    fail_with(error);
    return true;
  }
  return false;
}

void TlsStream::close() {
  openssl().ERR_clear_error();
  openssl().SSL_shutdown(session_.get());
  openssl().ERR_clear_error();
}

WaitResult TlsStream::wait_for(int ssl_error, Interrupt& interrupt, Duration patience) const {
  if (ssl_error == SSL_ERROR_WANT_READ) return interrupt.wait(wire_.socket, POLLIN, patience);
  if (ssl_error == SSL_ERROR_WANT_WRITE) return interrupt.wait(wire_.socket, POLLOUT, patience);
  return WaitResult::ready;
}

void TlsStream::fail_with(int ssl_error) {
  const bool ended = ssl_error == SSL_ERROR_ZERO_RETURN || (ssl_error == SSL_ERROR_SYSCALL && wire_.error == 0) ||
                     ERR_GET_REASON(openssl().ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  if (ended) {
    trouble_ = "closed by the peer";
  } else if (ssl_error == SSL_ERROR_SYSCALL) {
    trouble_ = std::strerror(wire_.error);
  } else {
    trouble_ = take_tls_reason();
  }
  openssl().ERR_clear_error();
}

int TlsStream::certificate_wanted(SSL*, void* stream) {
  static_cast<TlsStream*>(stream)->certificate_wanted_ = true;
  return 1;
}

int TlsStream::bio_write(BIO* bio, const char* bytes, int size) {
  Wire& wire = *static_cast<Wire*>(openssl().BIO_get_data(bio));
  openssl().BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
  ssize_t took = 0;
  do {
    took = ::send(wire.socket, bytes, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (took < 0 && errno == EINTR);
  if (took >= 0) {
    wire.sent += static_cast<std::uint64_t>(took);
  } else if (errno == EAGAIN) {
    openssl().BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY);
  } else {
    wire.error = errno;
  }
  return static_cast<int>(took);
}

int TlsStream::bio_read(BIO* bio, char* bytes, int size) {
  Wire& wire = *static_cast<Wire*>(openssl().BIO_get_data(bio));
  openssl().BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
  ssize_t got = 0;
  do {
    got = ::recv(wire.socket, bytes, static_cast<std::size_t>(size), MSG_DONTWAIT);
  } while (got < 0 && errno == EINTR);
  if (got < 0 && errno == EAGAIN) {
    openssl().BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
  } else if (got < 0) {
    wire.error = errno;
  }
  return static_cast<int>(got);
}

long TlsStream::bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

}  // namespace logsniffd::sink::net
