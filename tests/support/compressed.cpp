#include "tests/support/compressed.hpp"

#define ZLIB_CONST
#include <zlib.h>

#include "daemon/base/bytes.hpp"

namespace logsniffd::test {

std::vector<std::uint8_t> compressed(std::string_view text, Compression as, int level) {
  constexpr int kMemory = 8;
  z_stream stream{};
  deflateInit2(&stream, level, Z_DEFLATED, as == Compression::gzip ? MAX_WBITS + 16 : MAX_WBITS, kMemory,
               Z_DEFAULT_STRATEGY);
  std::vector<std::uint8_t> output(deflateBound(&stream, text.size()));
  const Bytes input = as_bytes(text);
  stream.next_in = input.data();
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = output.data();
  stream.avail_out = static_cast<uInt>(output.size());
  deflate(&stream, Z_FINISH);
  output.resize(stream.total_out);
  deflateEnd(&stream);
  return output;
}

}  // namespace logsniffd::test
