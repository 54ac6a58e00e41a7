// What a source knows about each of its interfaces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace logsniffd::capture {

enum class InterfaceState : std::uint8_t {
  capturing,
  no_carrier,  // open, but down or without a carrier
  leaving,     // gone; the kernel's last packets are still read
  failing,     // it exists and is not captured: down, or it cannot be opened; tried again
  missing,     // a requested name that no interface has
};

[[nodiscard]] constexpr std::string_view word_of(InterfaceState state) {
  switch (state) {
    case InterfaceState::capturing:
      return "capturing";
    case InterfaceState::no_carrier:
      return "no carrier";
    case InterfaceState::leaving:
      return "leaving";
    case InterfaceState::failing:
      return "failing";
    case InterfaceState::missing:
      break;
  }
  return "missing";
}

// Counts since the interface was opened last. Packets that the kernel filter refused are not among them.
struct InterfaceFigures {
  std::string name;
  InterfaceState state = InterfaceState::capturing;
  std::string link_type = {};
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;  // of the wire: a packet counts with its original length
  std::uint64_t kernel_dropped = 0;
  std::uint64_t interface_dropped = 0;
};

}  // namespace logsniffd::capture
