// The payload bytes of one flow of an undamaged capture, the place of each packet and record in them, and the records
// that a damage touches.
//
// A TCP payload lies where its sequence number puts it, and the first copy of a byte counts. UDP payloads lie one
// after the other.
//
// A record is touched if it could have bytes in the damage: the damage has a byte, or an end, between the end of the
// message before the record's and the start of the message after it. So headers, counts, lengths and delimiters belong
// to the records on both sides. If lines are joined, the line after a record shows that the record is complete: a
// damage to the message after the record touches the record, too.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "tests/damage/damage.hpp"

namespace logsniffd::damage {

struct LostRange {
  std::size_t begin = std::numeric_limits<std::size_t>::max();
  std::size_t end = 0;

  void add(std::size_t from, std::size_t to) {
    begin = std::min(begin, from);
    end = std::max(end, to);
  }
  [[nodiscard]] bool any() const { return begin <= end; }
};

class FlowText {
 public:
  // `messages`: those of the flow's records, in their order.
  FlowText(const Flow& flow, const std::vector<StoredPacket>& packets, const std::vector<std::string>& messages,
           bool joined_lines);

  // False if sequence numbers do not give an order (reused ports, far segments) or a message is not found (it was
  // decoded from something else). Then any record may have been touched.
  [[nodiscard]] bool is_known() const { return known_; }
  // Whether one packet, or the text of all packets, contains the message.
  [[nodiscard]] bool holds(const std::string& message) const;
  [[nodiscard]] LostRange lost(const Damage& damage, const std::vector<StoredPacket>& packets) const;

  // REQUIRED, here and below: is_known().
  [[nodiscard]] bool is_touched(std::size_t record, const LostRange& lost) const;
  [[nodiscard]] bool is_before(std::size_t record, const LostRange& lost) const {
    return records_[record].end < lost.begin;
  }
  // How many bytes after the damage the record begins.
  [[nodiscard]] std::size_t bytes_behind(std::size_t record, const LostRange& lost) const {
    return records_[record].begin - std::min(records_[record].begin, lost.end);
  }

 private:
  struct Piece {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  void place_packets(const std::vector<StoredPacket>& packets);
  void find(const std::vector<std::string>& messages);

  Flow flow_;
  bool joined_lines_;
  bool known_ = true;
  std::string text_;
  std::vector<std::string> payloads_;
  std::vector<Piece> packets_;  // by packet; empty for packets of other flows
  std::vector<bool> is_mine_;   // by packet
  std::vector<Piece> records_;  // the places of their messages
};

}  // namespace logsniffd::damage
