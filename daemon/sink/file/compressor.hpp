// Turns a stream of bytes into a gzip (RFC 1952) or Zstandard (RFC 8878) stream, with a checksum of the content.
//
// THREAD  confined to one thread.
// BOUNDS  a few MiB, whatever the length of the stream.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "daemon/sink/file/rotated_name.hpp"

namespace logsniffd::sink::file {

class Compressor {
 public:
  // REQUIRED: not Compression::none. Null if there is not enough memory.
  [[nodiscard]] static std::unique_ptr<Compressor> make(Compression compression);
  virtual ~Compressor() = default;

  // Appends the output for `bytes` to `out`. With `last` the stream is complete, and feed() may not be called again.
  // Returns false if the library failed.
  [[nodiscard]] virtual bool feed(std::string_view bytes, bool last, std::string& out) = 0;
};

}  // namespace logsniffd::sink::file
