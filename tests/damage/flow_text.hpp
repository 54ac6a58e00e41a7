// The payload bytes of one flow of an undamaged capture, where each packet's and each record's are in them, and which
// records some damage touches.
//
// A TCP payload lies where its sequence number puts it, the first copy of a byte counts; UDP payloads lie one behind
// the other.
//
// Touched is a record that could have bytes in the damage: the damage has a byte, or an end, between the end of the
// message before the record's and the start of the message behind it. So headers, counts, lengths and delimiters belong
// to the records on both of their sides. Where lines are joined, the line behind a record tells that it is complete:
// the damage touches it too where it lies in the message behind it.
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
  // `messages`: of the flow's records, in their order.
  FlowText(const Flow& flow, const std::vector<StoredPacket>& packets, const std::vector<std::string>& messages,
           bool joined_lines);

  // False where sequence numbers do not give an order (the ports were used twice, far segments) or a message is not
  // found (it was decoded from something else): any record may have been touched.
  [[nodiscard]] bool is_known() const { return known_; }
  // In one packet, or in the text that they give together.
  [[nodiscard]] bool holds(const std::string& message) const;
  [[nodiscard]] LostRange lost(const Damage& damage, const std::vector<StoredPacket>& packets) const;

  // REQUIRED: is_known(), from here on.
  [[nodiscard]] bool is_touched(std::size_t record, const LostRange& lost) const;
  [[nodiscard]] bool is_before(std::size_t record, const LostRange& lost) const {
    return records_[record].end < lost.begin;
  }
  // How far behind the damage it begins, in bytes.
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
  std::vector<Piece> packets_;  // by packet; empty where it is none of the flow
  std::vector<bool> is_mine_;   // likewise
  std::vector<Piece> records_;  // of their messages
};

}  // namespace logsniffd::damage
