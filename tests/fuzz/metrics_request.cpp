// Any bytes as the head of an HTTP request: it is read or refused, and what is read is a part of it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/base/bytes.hpp"
#include "daemon/metrics/request.hpp"

namespace {

using namespace logsniffd;

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view head = as_text({data, size});
  const auto request = metrics::parse_request(head);
  if (!request) return 0;
  require(!request->method.empty() && head.starts_with(request->method));
  require(request->path.find('?') == std::string::npos);
  require(head.find(request->path) != std::string_view::npos);
  return 0;
}
