#include "daemon/ip/extension_headers.hpp"

#include "daemon/ip/ip_decoder.hpp"

namespace logsniffd::ip {
namespace {

// IANA protocol numbers of extension headers. No Next Header (59) and ESP (50) end the chain like a transport protocol.
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kDestinationOptions = 60;

}  // namespace

ExtensionWalk walk_extension_headers(ByteReader& reader, std::uint8_t next_header) {
  ExtensionWalk walk{.protocol = next_header};
  for (int headers = 0;; ++headers) {
    const std::uint8_t header = walk.protocol;
    if (header != kHopByHop && header != kRouting && header != kDestinationOptions && header != kFragment &&
        header != kAuthentication) {
      return walk;
    }
    if (headers == kMaxExtensionHeaders) {
      walk.verdict = IpVerdict::too_many_extensions;
      return walk;
    }
    walk.protocol = reader.u8();
    const std::size_t length = reader.u8();  // reserved in a fragment header
    if (header == kFragment) {
      const std::uint32_t offset_and_flags = reader.u16be();
      const std::uint32_t identification = reader.u32be();
      const FragmentInfo part{identification, offset_and_flags & 0xfff8U, (offset_and_flags & 1U) != 0};
      // An atomic fragment (RFC 6946) is a whole datagram: the walk continues.
      if (part.offset != 0 || part.more_fragments) walk.fragment = part;
    } else if (header == kAuthentication) {
      reader.skip((length + 2) * 4 - 2);  // counts words of 4 bytes, less two (RFC 4302, 2.2)
    } else {
      reader.skip(length * 8 + 6);  // counts words of 8 bytes, less one
    }
    if (!reader.ok()) {
      walk.verdict = IpVerdict::bad_header;
      return walk;
    }
    if (walk.fragment) return walk;
  }
}

}  // namespace logsniffd::ip
