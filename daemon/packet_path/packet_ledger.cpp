#include "daemon/packet_path/packet_ledger.hpp"

namespace logsniffd::packet_path {

VerdictWords in_words(PacketVerdict verdict) {
  if (const auto* const why = std::get_if<Ignored>(&verdict)) {
    return {"ignored", kIgnoredNames[static_cast<std::size_t>(*why)]};
  }
  if (const auto* const why = std::get_if<Malformed>(&verdict)) {
    return {"malformed", kMalformedNames[static_cast<std::size_t>(*why)]};
  }
  return {"decoded", {}};
}

}  // namespace logsniffd::packet_path
