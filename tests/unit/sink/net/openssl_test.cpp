#include "daemon/sink/net/openssl.hpp"

#include <gtest/gtest.h>

namespace logsniffd::sink::net {
namespace {

std::string trouble(const std::string& library) {
  const auto loaded = OpenSsl::load(library);
  return loaded ? "" : loaded.error().message();
}

TEST(OpenSsl, AbsentLibrary_IsSaid) {
  EXPECT_EQ(trouble("libssl.so.absent"),
            "TLS needs libssl.so.absent: cannot open shared object file: No such file or directory; install OpenSSL 3 "
            "(Debian: libssl3)");
}

TEST(OpenSsl, LibraryWithoutItsFunctions_IsSaid) {
  const std::string error = trouble("libc.so.6");
  EXPECT_TRUE(error.starts_with("TLS needs libc.so.6: ")) << error;
  EXPECT_NE(error.find("undefined symbol: BIO_clear_flags; install OpenSSL 3"), std::string::npos) << error;
}

TEST(OpenSsl, LoadedOnce_StaysWhereItIs) {
  ASSERT_TRUE(load_openssl());
  const auto first = openssl().SSL_new;
  ASSERT_TRUE(load_openssl());
  EXPECT_EQ(openssl().SSL_new, first);
  // Those of libcrypto are found as well, and can be called.
  openssl().ERR_clear_error();
  EXPECT_EQ(openssl().ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace logsniffd::sink::net
