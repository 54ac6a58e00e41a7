// Numbers the interfaces on which packets arrive. Objects that wait for long keep the small number instead of the name.
//
// THREAD  confined to its owner.
// BOUNDS  kMaxNames names; further interfaces have no name and share number 0 with packets of an unknown interface.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace logsniffd {

class InterfaceNames {
 public:
  using Number = std::uint16_t;
  static constexpr std::size_t kMaxNames = 1024;

  [[nodiscard]] Number number_of(std::string_view name) {
    const std::string_view latest = names_[latest_];
    // A packet without a name, as in a pcap file, costs no call of memcmp.
    if (name.size() != latest.size() || (!name.empty() && name != latest)) [[unlikely]]
      latest_ = find_or_add(name);
    return latest_;
  }
  // LIFETIME  valid as long as this object.
  [[nodiscard]] std::string_view name_of(Number number) const { return names_[number]; }
  // Its first 15 bytes, padded with NULs. LIFETIME  likewise.
  using Padded = std::array<char, 16>;
  [[nodiscard]] const Padded& padded_name_of(Number number) const { return padded_[number]; }

 private:
  [[nodiscard, gnu::noinline]] Number find_or_add(std::string_view name) {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found != names_.end()) return static_cast<Number>(found - names_.begin());
    if (names_.size() >= kMaxNames) return 0;
    names_.push_back(kept_.emplace_back(name));
    Padded& padded = padded_.emplace_back();
    name.copy(padded.data(), padded.size() - 1);
    return static_cast<Number>(names_.size() - 1);
  }

  std::deque<std::string> kept_;  // deques, so that names stay where they are
  std::deque<Padded> padded_{Padded{}};
  std::vector<std::string_view> names_{""};
  Number latest_ = 0;
};

}  // namespace logsniffd
