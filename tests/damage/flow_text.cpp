#include "tests/damage/flow_text.hpp"

#include <algorithm>
#include <cstring>

namespace logsniffd::damage {
namespace {

constexpr std::int64_t kMostText = 8 << 20;

}  // namespace

FlowText::FlowText(const Flow& flow, const std::vector<StoredPacket>& packets, const std::vector<std::string>& messages,
                   bool joined_lines)
    : flow_(flow), joined_lines_(joined_lines), packets_(packets.size()), is_mine_(packets.size()) {
  place_packets(packets);
  find(messages);
}

void FlowText::place_packets(const std::vector<StoredPacket>& packets) {
  std::optional<std::uint32_t> base;
  std::vector<bool> written;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const auto place = dissect(packets[i]);
    if (!place || place->flow != flow_) continue;
    is_mine_[i] = true;
    payloads_.emplace_back(
        packets[i].bytes.begin() + static_cast<std::ptrdiff_t>(place->payload_at),
        packets[i].bytes.begin() + static_cast<std::ptrdiff_t>(place->payload_at + place->payload_bytes));
    std::int64_t at = static_cast<std::int64_t>(text_.size());
    if (flow_.transport == Transport::tcp) {
      const std::uint32_t first = place->seq + (place->syn ? 1 : 0);
      if (place->syn && base && *base != first) known_ = false;
      if (!base) base = first;
      at = static_cast<std::int32_t>(first - *base);
    }
    if (at < 0 || at > kMostText) {
      known_ = false;
      continue;
    }
    const auto begin = static_cast<std::size_t>(at);
    packets_[i] = {begin, begin + place->payload_bytes};
    if (packets_[i].end > text_.size()) text_.resize(packets_[i].end);
    written.resize(text_.size());
    for (std::size_t byte = 0; byte < place->payload_bytes; ++byte) {
      if (written[begin + byte]) continue;
      written[begin + byte] = true;
      text_[begin + byte] = static_cast<char>(packets[i].bytes[place->payload_at + byte]);
    }
  }
}

void FlowText::find(const std::vector<std::string>& messages) {
  std::size_t from = 0;
  for (const std::string& message : messages) {
    const std::size_t at = text_.find(message, from);
    if (at == std::string::npos) known_ = false;
    if (!known_) return;
    records_.push_back({at, at + message.size()});
    from = records_.back().end;
  }
}

bool FlowText::holds(const std::string& message) const {
  if (text_.find(message) != std::string::npos) return true;
  return std::any_of(payloads_.begin(), payloads_.end(),
                     [&](const std::string& payload) { return payload.find(message) != std::string::npos; });
}

LostRange FlowText::lost(const Damage& damage, const std::vector<StoredPacket>& packets) const {
  LostRange lost;
  if (damage.kind != Damage::Kind::ended) {
    if (!is_mine_[damage.packet]) return lost;
    const Piece& piece = packets_[damage.packet];
    const auto place = dissect(packets[damage.packet]);
    std::size_t kept = 0;
    if (damage.kind == Damage::Kind::cut && damage.kept > place->payload_at) kept = damage.kept - place->payload_at;
    if (kept < place->payload_bytes || damage.kind == Damage::Kind::removed || damage.kept < place->payload_at)
      lost.add(piece.begin + kept, piece.end);
    return lost;
  }
  const auto hit = dissect(packets[damage.packet]);
  const bool same = hit->flow == flow_;
  const bool reverse =
      hit->flow.src == flow_.dst && hit->flow.dst == flow_.src && hit->flow.transport == flow_.transport;
  if (same) lost.add(packets_[damage.packet].begin + damage.kept, packets_[damage.packet].end);
  for (std::size_t i = damage.packet + 1; (same || reverse) && i < packets_.size(); ++i) {
    if (is_mine_[i]) lost.add(packets_[i].begin, packets_[i].end);
  }
  return lost;
}

bool FlowText::is_touched(std::size_t record, const LostRange& lost) const {
  if (!lost.any()) return false;
  const std::size_t from = record > 0 ? records_[record - 1].end : 0;
  std::size_t to = text_.size();
  if (record + 1 < records_.size()) to = joined_lines_ ? records_[record + 1].end : records_[record + 1].begin;
  return lost.begin <= to && from <= lost.end;
}

}  // namespace logsniffd::damage
