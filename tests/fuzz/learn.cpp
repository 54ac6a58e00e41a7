// Any bytes as the opening of a stream or a datagram, and as a sample: nothing is read beyond them, and no control
// character gets into what is shown.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <string>

#include "daemon/learn/protocol.hpp"
#include "daemon/learn/secrets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logsniffd;
  const Bytes bytes{data, size};
  for (const Transport transport : {Transport::tcp, Transport::udp}) {
    for (const bool from_server : {false, true}) {
      for (const auto port : std::initializer_list<std::uint16_t>{53, 5432, 9988}) {
        const auto found = learn::recognize({bytes, transport, port, from_server});
        if (learn::name_of(found).empty()) std::abort();
      }
    }
  }
  const std::string shown = learn::masked_sample(as_text(bytes), 160);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(shown.begin(), shown.end(), is_control)) std::abort();
  return 0;
}
