// The pcapng capture file (draft-ietf-opsawg-pcapng): sections of blocks, each section with its own byte order
// and interfaces.
//
// Packets come from Enhanced, Simple and (obsolete) Packet Blocks; blocks of other types are skipped.
//
// THREAD    confined to the thread that owns it.
// LIFETIME  the interface name of a packet is valid until the next call of next().
// BOUNDS    at most kMaxFileInterfaces interfaces per section; a block above kMaxRecordBytes is damage.
#pragma once

#include <bit>
#include <vector>

#include "daemon/capture/pcapng_interface.hpp"
#include "daemon/capture/raw_packet.hpp"
#include "daemon/capture/record_cut.hpp"

namespace logsniffd::capture {

inline constexpr std::size_t kMaxFileInterfaces = 65'536;

class PcapngFormat {
 public:
  [[nodiscard]] static bool recognizes(Bytes magic);

  [[nodiscard]] RecordCut next(Bytes unread, RawPacket& packet);
  // True if next() does not change the names that earlier packets refer to.
  [[nodiscard]] bool keeps_names(Bytes unread) const;

 private:
  struct Block {
    std::uint32_t type;
    std::size_t bytes;  // the whole block
    Bytes body;
  };

  // Reads block type and length, and the byte order of a section header; then cuts the whole block and checks its
  // second length.
  [[nodiscard]] RecordCut cut_block(Bytes unread, Block& block);
  [[nodiscard]] RecordCut take(const Block& block, RawPacket& packet);
  [[nodiscard]] RecordCut take_interface(const Block& block);
  [[nodiscard]] RecordCut take_timed_packet(const Block& block, RawPacket& packet);
  [[nodiscard]] RecordCut take_simple_packet(const Block& block, RawPacket& packet);
  [[nodiscard]] RecordCut finish_packet(const Block& block, std::size_t interface, RawPacket& packet);

  std::endian order_ = std::endian::little;
  std::vector<PcapngInterface> interfaces_;  // of this section
  std::uint32_t first_interface_id_ = 0;     // of this section: ids continue across sections, so that they differ
  PacketTime last_seen_{};                   // of the previous packet, because Simple Packet Blocks have no time
};

}  // namespace logsniffd::capture
