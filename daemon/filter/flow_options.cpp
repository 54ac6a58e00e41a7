#include "daemon/filter/flow_options.hpp"

#include <algorithm>

namespace logsniffd::filter {

bool Network::contains(const Address& other) const {
  if (address.is_ipv4() != other.is_ipv4()) return false;
  const Bytes wanted = address.bytes();
  const Bytes found = other.bytes();
  const std::size_t whole = prefix / 8;
  const unsigned left = prefix % 8;
  if (!std::equal(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(whole), found.begin())) return false;
  return left == 0 || ((wanted[whole] ^ found[whole]) >> (8 - left)) == 0;
}

}  // namespace logsniffd::filter
