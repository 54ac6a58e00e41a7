// Text compressed by zlib, gzip, zstd or lz4, for tests of the code that reads it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace logsniffd::test {

enum class Compression : std::uint8_t { gzip, zlib };

std::vector<std::uint8_t> compressed(std::string_view text, Compression as, int level = 6);
// One frame each, with a checksum of the contents.
std::vector<std::uint8_t> zstd_compressed(std::string_view text);
std::vector<std::uint8_t> lz4_compressed(std::string_view text);

}  // namespace logsniffd::test
