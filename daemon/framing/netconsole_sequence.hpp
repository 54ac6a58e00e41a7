// Where one netconsole sender is in its sequence, and which of its numbers are missing.
//
// A sequence may begin again: the sender's time goes back by more than kClockSlackUsec, or its numbers go back by more
// than kWindow or leap by more than kMaxHole. One such message may be forged or very late, so only a second one that
// continues the first proves it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "daemon/framing/netconsole_header.hpp"

namespace logsniffd::framing {

class NetconsoleSequence {
 public:
  static constexpr std::size_t kWindow = 64;
  static constexpr std::uint64_t kMaxHole = 1 << 20;
  static constexpr std::uint64_t kClockSlackUsec = 1'000'000;  // by which messages overtake each other

  enum class Place : std::uint8_t {
    forward,    // the next number, or a later one
    late,       // it was already given up
    repeated,   // it was passed, or lies before the first one seen
    elsewhere,  // far away
    anew        // it continues the message that was elsewhere: begin() there
  };

  // Places a message. Changes only what place() itself has to remember.
  [[nodiscard]] Place place(const NetconsoleHeader& header);

  // Sets the first number that is awaited: the one after the message that was elsewhere, or else that of `header`.
  void begin(const NetconsoleHeader& header);
  void saw(const NetconsoleHeader& header);  // REQUIRED: forward
  // REQUIRED: at most kMaxHole numbers ahead. Returns how many numbers are missing before `seq`, which is the next
  // one now.
  std::uint64_t give_up_to(std::uint64_t seq);
  void pass_next();

  [[nodiscard]] std::uint64_t next() const { return next_; }
  // How many missing numbers were not reported yet.
  [[nodiscard]] std::uint64_t missing() const { return missing_; }
  void reported_missing() { missing_ = 0; }

 private:
  bool begun_ = false;
  std::uint64_t next_ = 0;
  std::uint64_t seen_ = 0;  // bit i: next_ - 1 - i is not missing
  std::uint64_t last_usec_ = 0;
  std::uint64_t missing_ = 0;
  std::optional<std::uint64_t> elsewhere_ = {};  // the number that would come next there
};

}  // namespace logsniffd::framing
