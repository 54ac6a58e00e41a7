#include "daemon/sink/net/openssl.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <mutex>
#include <string_view>

#define LOGSNIFFD_LIBSSL "libssl.so.3"

namespace logsniffd::sink::net {
namespace {

static_assert(OPENSSL_SHLIB_VERSION == 3, "the types in the headers must be those of " LOGSNIFFD_LIBSSL);

// Tells packagers' tools that the program loads the library (https://systemd.io/ELF_DLOPEN_METADATA).
constexpr auto kWanted = std::to_array(
    R"([{"feature":"tls","description":"tls:// targets","priority":"recommended","soname":[")" LOGSNIFFD_LIBSSL
    R"("]}])");
[[gnu::used, gnu::section(".note.dlopen")]] alignas(4) constexpr struct {
  std::uint32_t owner_bytes, content_bytes, type;
  char owner[4];
  decltype(kWanted) content;
} kNote{sizeof "FDO", sizeof kWanted, 0x407c0c0a, "FDO", kWanted};

OpenSsl& functions() {
  static OpenSsl found;
  return found;
}

tl::unexpected<Error> load_failure(const std::string& library) {
  const char* const error = ::dlerror();
  std::string_view reason = error != nullptr ? error : "unknown error";
  if (reason.starts_with(library + ": ")) reason.remove_prefix(library.size() + 2);
  return fail(Error::runtime(fmt::format("TLS needs {}: {}; install OpenSSL 3 (Debian: libssl3)", library, reason)));
}

}  // namespace

Expected<OpenSsl> OpenSsl::load(const std::string& library) {
  // OpenSSL registers functions that run when the process ends, so it must never be unloaded.
  void* const handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) return load_failure(library);
  OpenSsl found;
  // What is not in libssl is in libcrypto, on which it depends: dlsym(3) looks there, too.
#define LOGSNIFFD_OPENSSL_LOOK_UP(name)                                     \
  found.name = reinterpret_cast<decltype(&::name)>(::dlsym(handle, #name)); \
  if (found.name == nullptr) return load_failure(library);
  LOGSNIFFD_OPENSSL_FUNCTIONS(LOGSNIFFD_OPENSSL_LOOK_UP)
#undef LOGSNIFFD_OPENSSL_LOOK_UP
  return found;
}

Status load_openssl() {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  if (functions().SSL_new != nullptr) return {};
  auto found = OpenSsl::load(LOGSNIFFD_LIBSSL);
  if (!found) return fail(std::move(found.error()));
  functions() = *found;
  return {};
}

const OpenSsl& openssl() { return functions(); }

}  // namespace logsniffd::sink::net
