#include "daemon/record_path/tap_event.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace logsniffd::record_path {

void write_event(const TapEvent& event, Bytes payload, std::string& message) {
  const std::size_t shown = std::min(payload.size(), TapEvent::kShownBytes);
  message.resize(sizeof event + shown);
  std::memcpy(message.data(), &event, sizeof event);
  if (shown > 0) std::memcpy(message.data() + sizeof event, payload.data(), shown);
}

EventMessage read_event(std::string_view message) {
  assert(message.size() >= sizeof(TapEvent));
  EventMessage read;
  std::memcpy(&read.event, message.data(), sizeof read.event);
  read.shown = message.substr(sizeof read.event);
  return read;
}

}  // namespace logsniffd::record_path
