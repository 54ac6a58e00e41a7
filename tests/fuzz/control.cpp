// Any bytes as a line of the control socket: a request is read or refused, and what is read survives being written and
// read again; the same for an answer.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/base/bytes.hpp"
#include "daemon/control/protocol.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::control;

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line = as_text({data, size});
  if (const auto request = parse_request(line)) {
    require(request->arguments.is_object());
    const std::string written = request_line(*request);
    require(written.find('\n') == std::string::npos);
    const auto again = parse_request(written);
    require(again && again->command == request->command && again->arguments == request->arguments);
  } else {
    require(request.error().kind() == ErrorKind::usage && !request.error().message().empty());
  }
  if (const auto answer = parse_answer(line)) {
    require(answer->is_object());
    require(parse_answer(answer_line(*answer)).has_value());
  } else {
    require(parse_answer(error_line(answer.error())).error().message() == answer.error().message());
  }
  return 0;
}
