// The start of the search for the worst input: for each decoder, inputs that are expensive by design.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/model.hpp"

namespace logsniffd::bench {

struct Target {
  std::string_view name;
  record::Decode decode;
  std::vector<std::string> seeds;
  bool inflated = false;  // a seed is the text in a compressed payload
  bool counted = false;   // bytes 2 to 9 hold a different number in each datagram, as in a chunk
};

// Seeds of about `bytes` bytes each.
[[nodiscard]] std::vector<Target> targets(std::size_t bytes);

}  // namespace logsniffd::bench
