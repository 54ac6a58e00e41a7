// What the search for the worst input begins with: for each decoder inputs that are dear by design.
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
  bool inflated = false;  // a seed is what a compressed payload inflates to
  bool counted = false;   // bytes 2 to 9 are another number in each datagram, as of a chunk's message
};

// Of about so many bytes each.
[[nodiscard]] std::vector<Target> targets(std::size_t bytes);

}  // namespace logsniffd::bench
