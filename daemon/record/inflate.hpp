// Inflates what was compressed with gzip (RFC 1952) or zlib (RFC 1950), up to a ceiling.
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  what inflate() hands out lies in this: valid until the next call.
// BOUNDS    never more than the ceiling is written, nor memory taken: a bomb costs no more than a message of that size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "daemon/base/bytes.hpp"

namespace logsniffd::record {

enum class Inflated : std::uint8_t {
  whole,
  too_large,  // more than the ceiling
  corrupt,    // neither format, damaged, cut short, or something else behind it
};

class Inflater {
 public:
  explicit Inflater(std::size_t at_most_bytes);  // of output
  ~Inflater();

  // Sets `output` where it is whole.
  [[nodiscard]] Inflated inflate(Bytes compressed, Bytes& output);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace logsniffd::record
