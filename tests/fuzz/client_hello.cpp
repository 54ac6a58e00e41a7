// Any bytes as a TLS record: the name lies within them, and bytes after it do not change it.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "daemon/survey/client_hello.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logsniffd;
  const std::string_view name = survey::server_name({data, size});
  if (name.empty()) return 0;
  const std::string_view whole = as_text({data, size});
  if (name.data() < whole.data() || name.data() + name.size() > whole.data() + whole.size()) std::abort();
  if (survey::server_name({data, static_cast<std::size_t>(name.data() + name.size() - whole.data())}) != name) {
    std::abort();
  }
  return 0;
}
