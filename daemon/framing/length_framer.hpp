// Cuts a stream of records that each follow a binary length (length_prefix.hpp).
//
// False lengths (FramingCounters::false_lengths) are 0, more than kMaxLength, or more than limits.record before a
// payload that is unlike the others. After a false length, and after a gap, records resume at the next proven boundary
// (boundary_search.hpp). The bytes before it are one frame with the mark if they are text, and are skipped otherwise.
#pragma once

#include "daemon/framing/boundary_search.hpp"
#include "daemon/framing/framer_call.hpp"

namespace logsniffd::framing {

class LengthFramer {
 public:
  LengthFramer(LengthFormat format, bool search);

  // The same contract as DelimitedFramer's.
  [[nodiscard]] Bytes cut(FramerCall& call, Bytes bytes);
  [[nodiscard]] std::size_t wants(const FramerCall&, Bytes more) const { return searching_ ? more.size() : 0; }
  [[nodiscard]] std::size_t most_held(const FramerCall& call) const { return call.window_bytes(); }
  void give_up(FramerCall& call, Bytes held);
  void gap(FramerCall& call);
  [[nodiscard]] static constexpr bool waits_for_quiet() { return false; }

 private:
  [[nodiscard]] LengthFormat format() const {
    return {static_cast<std::uint8_t>(two_bytes_ ? 2 : 4), little_endian_ ? std::endian::little : std::endian::big};
  }
  [[nodiscard]] Step start(FramerCall& call, Bytes& bytes);
  void take(FramerCall& call, Bytes& bytes, std::uint32_t length);
  void learn(const FramerCall& call, Bytes payload);
  [[nodiscard]] Step search(FramerCall& call, Bytes& bytes);

  std::uint32_t position_ = 0;              // searching_: bytes examined; skipping_: bytes still to come
  Payload payload_ : 2 = Payload::unknown;  // of the records so far
  bool searching_ : 1;
  bool skipping_ : 1 = false;
  bool two_bytes_ : 1;
  bool little_endian_ : 1;
};

}  // namespace logsniffd::framing
