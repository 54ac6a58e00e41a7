// Any text as a configuration: it is refused or loaded, and every refusal has a place and one line.
#include <cstdint>
#include <cstdlib>

#include "config/loader.hpp"
#include "daemon/base/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logsniffd;
  const config::LoadResult result = config::load(as_text({data, size}));
  for (const config::Diagnostic& problem : result.problems) {
    if (problem.mark.line < 1 || problem.mark.column < 1) std::abort();
    if (problem.to_string("f").find('\n') != std::string::npos) std::abort();
  }
  if (result.ok() && result.config.filters.empty()) std::abort();
  return 0;
}
