// The loopback interfaces of the BSDs and macOS: an address family in front of the packet.
#include <bit>

#include "daemon/link/link_header.hpp"

namespace logsniffd::link {
namespace {

// AF_INET is 2 on all of these systems, AF_INET6 is 10 on Linux, 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS.
bool is_ip_family(std::uint32_t family) {
  return family == 2 || family == 10 || family == 24 || family == 28 || family == 30;
}

}  // namespace

// LINKTYPE_LOOP writes the family in network byte order.
Step bsd_loop(Bytes bytes, FrameFacts&) {
  ByteReader reader(bytes);
  const std::uint32_t family = reader.u32be();
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  return is_ip_family(family) ? Step::ip(reader.rest()) : Step::stop(LinkVerdict::not_ip);
}

// LINKTYPE_NULL writes the family in the byte order of the capturing host, which the file does not record: no
// family is >= 2^16.
Step bsd_null(Bytes bytes, FrameFacts&) {
  ByteReader reader(bytes);
  const std::uint32_t family = reader.u32(std::endian::native);
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  const bool known = is_ip_family(family) || is_ip_family(__builtin_bswap32(family));
  return known ? Step::ip(reader.rest()) : Step::stop(LinkVerdict::not_ip);
}

}  // namespace logsniffd::link
