// The network interfaces of this namespace, built from the datagrams of rtnetlink(7). Pure: the caller supplies
// the datagrams.
//
// THREAD  confined to the thread that owns it.
// BOUNDS  kMaxLinks interfaces; further ones are not known (beyond_ceiling()). As many names of interfaces
//         that are gone.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "daemon/base/bytes.hpp"

namespace logsniffd::capture {

inline constexpr std::size_t kMaxLinks = 16'384;

struct Link {
  std::uint32_t index = 0;
  std::string name;
  bool up = false;       // administratively
  bool carrier = false;  // and the lower layer agrees
  bool loopback = false;

  bool operator==(const Link&) const = default;
};

std::string_view state_of(const Link& link);  // "up", "down", "no carrier"

class LinkTable {
 public:
  struct Outcome {
    bool changed = false;  // a link appeared, vanished, changed its name or state
    bool done = false;     // the end of a dump
  };

  // Takes one datagram, which may hold several messages. Malformed messages and those of another kind are skipped.
  Outcome apply(Bytes datagram);
  void clear() { links_.clear(); }

  [[nodiscard]] const std::map<std::uint32_t, Link>& links() const { return links_; }
  [[nodiscard]] const Link* find(std::string_view name) const;
  [[nodiscard]] std::uint64_t beyond_ceiling() const { return beyond_ceiling_; }

  // Also known for a while after the link has gone, because its last packets are read later. nullptr: never seen. The
  // string is valid until the next apply().
  [[nodiscard]] const std::string* name_of(std::uint32_t index) const;

 private:
  bool set(Link link);
  bool erase(std::uint32_t index);

  std::map<std::uint32_t, Link> links_;
  std::unordered_map<std::uint32_t, std::string> names_;
  std::uint64_t beyond_ceiling_ = 0;
};

}  // namespace logsniffd::capture
