// The fragments of one netconsole message, in any order (ncfrag=OFFSET/TOTAL, see netconsole_header.hpp).
//
// Their bytes are kept in the order of arrival. Of overlapping fragments, the first one counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/framing/framing.hpp"
#include "daemon/framing/netconsole_header.hpp"

namespace logsniffd::framing {

inline constexpr std::size_t kMaxNetconsoleMessage = 64 * 1024;
inline constexpr std::size_t kMaxNetconsoleParts = 128;

// Whether such a fragment is possible.
[[nodiscard]] bool is_fragment(const NetconsoleFragment& where, Bytes text);

class NetconsoleFragments {
 public:
  enum class Added : std::uint8_t {
    kept,
    copy,        // identical to a fragment that is there
    contradicts  // another message's header or length, other bytes, an overlap, or one fragment too many
  };

  // Starts a message. `head` is the header that all fragments have, without ncfrag and the semicolon.
  void begin(std::string_view head, std::uint32_t total);
  // REQUIRED: is_fragment(where, text).
  [[nodiscard]] Added add(std::string_view head, NetconsoleFragment where, Bytes text);
  [[nodiscard]] bool complete() const { return received_ == total_; }
  [[nodiscard]] std::size_t count() const { return parts_.size(); }

  // Writes the whole message. REQUIRED: complete().
  void write(Buffer& out) const;
  // Writes the piece from fragment `first` up to the next hole, as a message with its own ncfrag. Returns the fragment
  // after the piece. REQUIRED: first < count().
  [[nodiscard]] std::size_t write_piece(std::size_t first, Buffer& out) const;

  [[nodiscard]] std::size_t capacity_bytes() const;
  // Gives back all memory.
  void release() { *this = {}; }

 private:
  struct Part {
    std::uint32_t offset;
    std::uint32_t size;
    std::size_t at;  // in bytes_
  };
  void append(Buffer& out, const Part& part) const;

  Buffer head_;
  Buffer bytes_;
  std::vector<Part> parts_;  // by offset
  std::uint32_t total_ = 0;
  std::uint32_t received_ = 0;
};

}  // namespace logsniffd::framing
