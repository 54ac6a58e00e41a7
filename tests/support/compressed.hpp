// Text compressed by zlib or gzip, for tests of the code that reads it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace logsniffd::test {

enum class Compression : std::uint8_t { gzip, zlib };

std::vector<std::uint8_t> compressed(std::string_view text, Compression as, int level = 6);

}  // namespace logsniffd::test
