// Inflates what was compressed with gzip (RFC 1952) or zlib (RFC 1950), up to a ceiling.
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  what inflate() hands out lies in this: valid until the next call.
// BOUNDS    never more than one byte above the ceiling is written, nor memory taken for more: a bomb costs no more than
//           a message of that size. A stream of many blocks is left behind kFreeBlocks and one more for each
//           kBytesABlock compressed bytes, for each block may bring tables whose making takes some 2 us. (Compressors
//           put 16,000 symbols into one.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "daemon/base/bytes.hpp"

namespace logsniffd::record {

enum class Inflated : std::uint8_t {
  whole,
  cut,      // there is more than the ceiling, or more blocks: the front of it
  corrupt,  // neither format, damaged, cut short, or something else behind it
};

class Inflater {
 public:
  static constexpr std::size_t kFreeBlocks = 3;
  static constexpr std::size_t kBytesABlock = 1024;

  Inflater();
  ~Inflater();

  // Sets `output`, at most `ceiling` bytes, where it is whole or cut.
  [[nodiscard]] Inflated inflate(Bytes compressed, std::size_t ceiling, Bytes& output);
  // What the last inflate() wrote, and how many tables it made for that, whatever became of it.
  [[nodiscard]] std::size_t written() const;
  [[nodiscard]] std::size_t tables() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace logsniffd::record
