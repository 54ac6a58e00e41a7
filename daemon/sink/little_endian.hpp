// Little-endian integers, as the spool's files hold them on any machine.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string>

#include "daemon/base/byte_reader.hpp"

namespace logsniffd::sink {

template <std::unsigned_integral T>
void append_little(std::string& out, T value) {
  std::array<char, sizeof(T)> raw;
  for (std::size_t i = 0; i < sizeof(T); ++i) raw[i] = static_cast<char>(value >> (8 * i));
  out.append(raw.data(), raw.size());
}

inline std::uint32_t little_u32(ByteReader& reader) { return reader.u32(std::endian::little); }

inline std::uint64_t little_u64(ByteReader& reader) {
  const std::uint64_t low = little_u32(reader);
  return low | std::uint64_t{little_u32(reader)} << 32;
}

}  // namespace logsniffd::sink
