// Appends little-endian integers, as the spool's files hold them on any machine; ByteReader reads them.
#pragma once

#include <boost/endian/conversion.hpp>
#include <concepts>
#include <string>

namespace logsniffd::spool {

template <std::unsigned_integral T>
void append_little(std::string& out, T value) {
  boost::endian::native_to_little_inplace(value);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace logsniffd::spool
