// Whom a TLS client trusts, and how it identifies itself.
#pragma once

#include <string>

namespace logsniffd::sink::net {

// For a tls:// target. Files are PEM, and are read at each connection, so a renewed one is used from then on.
struct TlsOptions {
  std::string ca;           // the issuers accepted for the server's certificate; empty: the system's store
  std::string certificate;  // our own, with its chain; empty: none
  std::string key;          // REQUIRED if `certificate` is set
  bool verify = true;
  std::string server_name;  // a name that the certificate must contain; empty: the host of the target

  bool operator==(const TlsOptions&) const = default;
};

}  // namespace logsniffd::sink::net
