// Any bytes as the start of a stream that a load balancer may have opened. A header lies within the bytes and its
// bound, stays the same with more bytes after it, and is waited for only as long as it may come.
#include "daemon/framing/proxy_header.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace logsniffd;
using framing::ProxyHeader;
using Kind = ProxyHeader::Kind;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string shown(const ProxyHeader& header) {
  std::string text = std::to_string(static_cast<int>(header.kind)) + " " + std::to_string(header.size);
  if (header.ends) text += " " + header.ends->src.to_string() + " " + header.ends->dst.to_string();
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMost = framing::kMaxProxyHeader + 16;
  const Bytes all = Bytes(data, size < kMost ? size : kMost);
  if (all.empty()) return 0;
  const ProxyHeader last = framing::proxy_header_at(all);
  const std::string as_last = shown(last);
  require(last.kind == Kind::header ? last.size > 0 && last.size <= all.size() : last.size == 0 && !last.ends);
  require(last.size <= framing::kMaxProxyHeader);
  require(last.kind != Kind::incomplete || all.size() < framing::kMaxProxyHeader);
  // A decision never changes, and a header is found with its last byte.
  Kind before = Kind::incomplete;
  for (std::size_t prefix = 1; prefix < all.size(); ++prefix) {
    const ProxyHeader header = framing::proxy_header_at(all.first(prefix));
    require(before == Kind::incomplete || header.kind == before);
    require(header.kind != Kind::header || shown(header) == as_last);
    before = header.kind;
  }
  require(before == Kind::incomplete || before == last.kind);
  require(last.kind != Kind::header || shown(framing::proxy_header_at(all.first(last.size))) == as_last);
  return 0;
}
