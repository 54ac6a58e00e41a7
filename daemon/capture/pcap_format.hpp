// The classic capture file (draft-ietf-opsawg-pcap): a header of 24 bytes, then packets, each after a header of 16.
//
// Supports both byte orders, micro- and nanoseconds, the "modified" kind of old Red Hat systems, whose packet headers
// are 24 bytes long, and the two kinds of Ixia's "lcap", whose file header ends with the length of all packets.
//
// Supports versions 2.0 to 2.4. Before 2.3 a packet's original length preceded its captured length, and some writers of
// 2.3 kept that order: the captured length is the smaller of the two. Files of AIX's tcpdump are recognized by their
// version, 2.2, with AIX's number of a link; their times are in nanoseconds.
//
// THREAD  confined to the thread that owns it.
// BOUNDS  remembers nothing between packets.
#pragma once

#include <bit>

#include "daemon/base/error.hpp"
#include "daemon/capture/raw_packet.hpp"
#include "daemon/capture/record_cut.hpp"

namespace logsniffd::capture {

class PcapFormat {
 public:
  // True if a file that starts with these four bytes is a pcap file.
  [[nodiscard]] static bool recognizes(Bytes magic);
  // REQUIRED: recognizes(magic).
  [[nodiscard]] static std::size_t file_header_bytes(Bytes magic);
  // REQUIRED: recognizes() accepts its first bytes, and file_header_bytes() of them are present.
  [[nodiscard]] static Expected<PcapFormat> from_header(Bytes header);

  [[nodiscard]] RecordCut next(Bytes unread, RawPacket& packet);
  [[nodiscard]] bool keeps_names(Bytes) const { return true; }  // it has none

 private:
  PcapFormat() = default;

  std::endian order_ = std::endian::little;
  std::size_t header_bytes_ = 16;
  std::int64_t nanoseconds_per_tick_ = 1000;
  LinkType link_type_ = LinkType::ethernet;
  bool lengths_in_any_order_ = false;
};

// Files call raw IP 101, but some writers use one of the platform-dependent DLT_RAW numbers, 12 or 14. The upper 16
// bits of the field are flags (the length of the FCS).
[[nodiscard]] LinkType file_link_type(std::uint32_t field);

}  // namespace logsniffd::capture
