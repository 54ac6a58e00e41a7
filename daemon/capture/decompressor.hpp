// Decompresses a capture file as it is read: gzip (RFC 1952), zstd (RFC 8878) and lz4 (its frame format). The only file
// of this room that sees zlib.h, zstd.h and lz4frame.h is decompressor.cpp.
//
// Parts that were compressed one by one and put one behind the other are one file.
//
// THREAD  confined to the thread that owns it.
// BOUNDS  holds what the format needs to look back: 32 KiB for gzip, a few blocks of at most 4 MiB for lz4, and
//         for zstd what the file asks for, at most kMaxZstdWindow.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "daemon/base/bytes.hpp"
#include "daemon/base/error.hpp"

namespace logsniffd::capture {

class Decompressor {
 public:
  // log2; zstd itself reads no more, unless it is told to
  static constexpr int kMaxZstdWindow = 27;

  struct Progress {
    std::size_t read;
    std::size_t written;
    std::optional<Error> damage = {};  // of the input behind that
  };

  // nullptr if a file that begins with these four bytes is not compressed in one of these ways.
  static Expected<std::unique_ptr<Decompressor>> for_file(Bytes magic);

  virtual ~Decompressor() = default;

  // Decompresses a part of `input` into `output`. If it leaves room there, it has no more to write before it reads on.
  // REQUIRED: no step reported damage.
  virtual Progress step(Bytes input, std::span<std::uint8_t> output) = 0;
  // True if the input may end here.
  [[nodiscard]] virtual bool complete() const = 0;
  [[nodiscard]] virtual std::string_view name() const = 0;
};

}  // namespace logsniffd::capture
