// Decides which values of a JSON object are a record's own members, and which are its fields.
//
// A role (message, severity, time...) is played by the value whose key stands first in the list of known keys, whatever
// the order in the object; of equal keys, by the first one sent. A value that cannot play the role ("level": "blue",
// "time": 0.25, "host": 7) is passed over. Values that play no role are fields.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "daemon/record/json/json_object.hpp"
#include "daemon/record/log_record.hpp"
#include "daemon/text/word_table.hpp"

namespace logsniffd::record::json {

enum class Role : std::uint8_t { message, severity, time, nanoseconds, host, app, pid, facility };
inline constexpr std::size_t kRoles = 8;

// How to read a key's value, where keys of one role differ.
enum class Known : std::uint8_t {
  message,          // text or number, not empty
  severity,         // logged_severity.hpp: a word or number
  python_severity,  // Python's number
  letter_severity,  // one letter
  time,             // logged_time.hpp
  seconds,          // since 1970, whole ones
  nanoseconds,      // of those seconds; REQUIRED: its key directly follows theirs in the list
  host,             // text
  app,              // text
  pid,              // digits
  facility,         // syslog's: 0..23 or its keyword
};

inline constexpr text::WordTable::Word known(std::string_view key, Known as) {
  return {key, static_cast<std::uint8_t>(as)};
}

class KeyRoles {
 public:
  // Assigns the roles. `known_keys` maps each key to a `Known`, in order of preference. The leaves outlive this.
  KeyRoles(std::span<const JsonLeaf> leaves, const text::WordTable& known_keys, PacketTime captured_at);

  // The leaf that plays the role, if any does.
  [[nodiscard]] const JsonLeaf* player(Role role) const;
  [[nodiscard]] bool plays(std::size_t leaf) const { return playing_[leaf]; }

  // Sets all members except message and fields; those whose role nobody plays are reset to absent.
  void fill(LogRecord& record) const;

 private:
  struct Player {
    std::size_t place = text::WordTable::kNone;  // of its key in the list; smaller is better
    std::size_t leaf = 0;
  };

  bool can_play(Known as, const JsonLeaf& leaf, PacketTime captured_at);
  void add_nanoseconds(const text::WordTable& known_keys);

  std::span<const JsonLeaf> leaves_;
  std::array<Player, kRoles> players_{};
  std::bitset<kMaxLeaves> playing_;
  std::optional<Severity> severity_;
  std::optional<std::uint8_t> facility_;
  std::optional<PacketTime> sent_;
};

// Removes the line ends that Docker, and programs that print, leave at the end of a message.
[[nodiscard]] std::string_view without_line_ends(std::string_view message);

}  // namespace logsniffd::record::json
