#include "daemon/framing/netconsole_sequence.hpp"

#include <algorithm>

namespace logsniffd::framing {
namespace {

// The number after the message. Further fragments of one message have the same number.
std::uint64_t behind(const NetconsoleHeader& header) {
  return header.seq + (netconsole_value(header, "ncfrag").data() == nullptr ? 1 : 0);
}

}  // namespace

NetconsoleSequence::Place NetconsoleSequence::place(const NetconsoleHeader& header) {
  if (!begun_) return Place::anew;
  const bool back_in_time = header.usec < last_usec_ && last_usec_ - header.usec > kClockSlackUsec;
  if (!back_in_time && header.seq >= next_ && header.seq - next_ <= kMaxHole) return Place::forward;
  if (!back_in_time && header.seq < next_ && next_ - 1 - header.seq < kWindow) {
    const std::uint64_t bit = std::uint64_t{1} << (next_ - 1 - header.seq);
    if ((seen_ & bit) != 0) return Place::repeated;
    seen_ |= bit;
    missing_ -= std::min<std::uint64_t>(missing_, 1);
    return Place::late;
  }
  if (elsewhere_ && header.seq >= *elsewhere_ && header.seq - *elsewhere_ <= kWindow) return Place::anew;
  elsewhere_ = behind(header);
  return Place::elsewhere;
}

void NetconsoleSequence::begin(const NetconsoleHeader& header) {
  begun_ = true;
  next_ = elsewhere_.value_or(header.seq);
  elsewhere_.reset();
  seen_ = ~std::uint64_t{0};  // earlier numbers are not awaited
  last_usec_ = header.usec;
}

void NetconsoleSequence::saw(const NetconsoleHeader& header) {
  elsewhere_.reset();
  last_usec_ = std::max(last_usec_, header.usec);
}

std::uint64_t NetconsoleSequence::give_up_to(std::uint64_t seq) {
  const std::uint64_t hole = seq - next_;
  seen_ = hole < kWindow ? seen_ << hole : 0;
  next_ = seq;
  missing_ += hole;
  return hole;
}

void NetconsoleSequence::pass_next() {
  seen_ = seen_ << 1 | 1;
  ++next_;
}

}  // namespace logsniffd::framing
