// Reads integers and slices from untrusted bytes. The rooms touch wire formats only through this class.
//
// Failure is sticky: a read beyond the end returns 0 or an empty view, and ok() is false from then on. A parser reads a
// whole header, then calls ok() once.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>

#include "daemon/base/bytes.hpp"

namespace logsniffd {

class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : rest_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }
  [[nodiscard]] Bytes rest() const { return rest_; }

  std::uint8_t u8() { return read<std::uint8_t>(std::endian::big); }
  std::uint16_t u16be() { return read<std::uint16_t>(std::endian::big); }
  std::uint32_t u32be() { return read<std::uint32_t>(std::endian::big); }
  std::uint32_t u32le() { return read<std::uint32_t>(std::endian::little); }
  std::uint64_t u64le() { return read<std::uint64_t>(std::endian::little); }
  std::uint16_t u16(std::endian order) { return read<std::uint16_t>(order); }
  std::uint32_t u32(std::endian order) { return read<std::uint32_t>(order); }

  Bytes take(std::size_t count) {
    if (!require(count)) return {};
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  void skip(std::size_t count) { take(count); }

 private:
  bool require(std::size_t count) {
    if (ok_ && count <= rest_.size()) return true;
    ok_ = false;
    rest_ = {};
    return false;
  }

  template <std::unsigned_integral T>
  T read(std::endian order) {
    if (!require(sizeof(T))) return 0;
    T value;
    std::memcpy(&value, rest_.data(), sizeof(T));
    rest_ = rest_.subspan(sizeof(T));
    if constexpr (sizeof(T) == 2) return order == std::endian::native ? value : __builtin_bswap16(value);
    if constexpr (sizeof(T) == 4) return order == std::endian::native ? value : __builtin_bswap32(value);
    if constexpr (sizeof(T) == 8) return order == std::endian::native ? value : __builtin_bswap64(value);
    return value;
  }

  Bytes rest_;
  bool ok_ = true;
};

}  // namespace logsniffd
