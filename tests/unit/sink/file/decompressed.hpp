// Decompresses the output of a sink with the one-shot functions of the libraries.
#pragma once

#include <zlib.h>
#include <zstd.h>

#include <string>

namespace logsniffd::sink::file {

// Returns "(broken)" if `bytes` is not a whole stream.
inline std::string gunzipped(const std::string& bytes) {
  z_stream stream{};
  if (::inflateInit2(&stream, 15 + 16) != Z_OK) return "(broken)";
  std::string text(8 * 1024 * 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const bool whole = ::inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
  text.resize(stream.total_out);
  ::inflateEnd(&stream);
  return whole ? text : "(broken)";
}

inline std::string unzstd(const std::string& bytes) {
  std::string text(8 * 1024 * 1024, '\0');
  const std::size_t size = ::ZSTD_decompress(text.data(), text.size(), bytes.data(), bytes.size());
  if (::ZSTD_isError(size) != 0) return "(broken)";
  text.resize(size);
  return text;
}

}  // namespace logsniffd::sink::file
