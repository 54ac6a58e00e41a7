// Text as zlib and gzip compress it, for tests of what reads it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace logsniffd::test {

enum class Compression : std::uint8_t { gzip, zlib };

std::vector<std::uint8_t> compressed(std::string_view text, Compression as, int level = 6);

}  // namespace logsniffd::test
