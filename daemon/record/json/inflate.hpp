// Inflates gzip (RFC 1952) or zlib (RFC 1950) data, up to a ceiling.
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  inflate()'s output lies in this object: valid until the next call.
// BOUNDS    at most one byte above the ceiling is written, and at most twice the ceiling or 16 KiB is allocated: a bomb
//           costs no more than a message of that size. Inflating stops after kFreeBlocks blocks, plus one for each
//           kBytesABlock compressed bytes, because each block may bring tables that take some 2 us to build.
//           (Compressors put 16,000 symbols into a block.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "daemon/base/bytes.hpp"

namespace logsniffd::record::json {

enum class Inflated : std::uint8_t {
  whole,
  cut,      // the front only: there is more than the ceiling, or there are more blocks
  corrupt,  // neither format, damaged, cut short, or followed by something else
};

class Inflater {
 public:
  static constexpr std::size_t kFreeBlocks = 3;
  static constexpr std::size_t kBytesABlock = 1024;

  Inflater();
  ~Inflater();

  // Sets `output`, at most `ceiling` bytes, if the result is whole or cut.
  [[nodiscard]] Inflated inflate(Bytes compressed, std::size_t ceiling, Bytes& output);
  // What the last inflate() wrote, and how many tables it built, whatever came of it.
  [[nodiscard]] std::size_t written() const;
  [[nodiscard]] std::size_t tables() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace logsniffd::record::json
