#include "config/tls_keys.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "config/bounds.hpp"
#include "config/keys.hpp"

namespace logsniffd::config {
namespace {

void read_file(const Value& value, std::string& out) {
  const auto path = value.text();
  if (!path) return;
  out = *path;
  if (path->empty() || path->front() != '/') value.fail(quoted(*path) + " is not an absolute path; start it with /");
}

void read_verify(const Value& value, sink::net::TlsOptions& tls) {
  value.read_bool(tls.verify);
  if (!tls.verify) {
    value.warn(
        "accepts any certificate, so that anyone on the network path can pose as the server; set ca or server_name "
        "instead");
  }
}

void read_server_name(const Value& value, sink::net::TlsOptions& tls) {
  const auto name = value.text();
  if (!name) return;
  tls.server_name = *name;
  const bool valid = !name->empty() && name->size() <= kMaxHostName &&
                     std::none_of(name->begin(), name->end(), [](char c) { return c <= ' ' || c > '~' || c == '/'; });
  if (!valid) value.fail(quoted(*name) + " is not a valid name; use the one in the server's certificate");
}

constexpr std::array<Key<sink::net::TlsOptions>, 5> kKeys{{
    {"ca", [](const Value& value, sink::net::TlsOptions& tls) { read_file(value, tls.ca); }},
    {"certificate", [](const Value& value, sink::net::TlsOptions& tls) { read_file(value, tls.certificate); }},
    {"key", [](const Value& value, sink::net::TlsOptions& tls) { read_file(value, tls.key); }},
    {"verify", read_verify},
    {"server_name", read_server_name},
}};

}  // namespace

void read_tls(const Value& value, sink::net::TlsOptions& tls) { read_keys(value, kKeys, tls); }

void check_tls(const Value& sink, std::string_view target) {
  const auto section = sink.find("tls");
  if (!section) return;
  if (!target.starts_with("tls://")) section->fail_key("is only for tls:// targets; change 'to', or remove the key");
  const bool no_key = !section->find("key");
  if (no_key == !section->find("certificate")) return;
  section->fail_missing(no_key ? "key" : "certificate", no_key ? "is missing; certificate needs its private key"
                                                               : "is missing; key needs its certificate");
}

}  // namespace logsniffd::config
