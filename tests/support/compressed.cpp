#include "tests/support/compressed.hpp"

#include <lz4frame.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

#include <memory>

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

std::vector<std::uint8_t> zstd_compressed(std::string_view text) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::vector<std::uint8_t> output(ZSTD_compressBound(text.size()));
  output.resize(ZSTD_compress2(context.get(), output.data(), output.size(), text.data(), text.size()));
  return output;
}

std::vector<std::uint8_t> lz4_compressed(std::string_view text) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
  std::vector<std::uint8_t> output(LZ4F_compressFrameBound(text.size(), &preferences));
  output.resize(LZ4F_compressFrame(output.data(), output.size(), text.data(), text.size(), &preferences));
  return output;
}

}  // namespace logsniffd::test
