// Cuts a stream of JSON objects, each of which ends with its own brace (json_scanner.hpp).
//
// It takes every stream that begins with `{`, and gives most of them away again: where a LF or NUL stands behind the
// first object the records are delimited, and where the bytes are no objects the detector looks at them as text. What
// is left are objects one behind the other. Each is given out as soon as it is complete.
//
// An object that is longer than limits.record is cut, and skipped up to its brace. Where bytes are no object behind one
// that was, and behind a gap, records go on at the next object that is complete; if a LF or NUL comes before one, the
// detector looks again.
#pragma once

#include "daemon/framing/framer_call.hpp"
#include "daemon/framing/json_scanner.hpp"

namespace logsniffd::framing {

class JsonFramer {
 public:
  // `search`: the bytes begin inside an object.
  explicit JsonFramer(bool search) : searching_(search), row_(search) {}

  // The same contract as DelimitedFramer's.
  [[nodiscard]] Bytes cut(FramerCall& call, Bytes bytes);
  [[nodiscard]] std::size_t wants(const FramerCall&, Bytes more) const { return more.size(); }
  [[nodiscard]] std::size_t most_held(const FramerCall& call) const {
    return searching_ ? call.window_bytes() : call.record_bytes();
  }
  void give_up(FramerCall& call, Bytes held);
  void gap(FramerCall& call);
  [[nodiscard]] static constexpr bool waits_for_quiet() { return false; }

 private:
  [[nodiscard]] bool between(FramerCall& call, Bytes& bytes);
  void refuse(FramerCall& call);
  [[nodiscard]] Step object(FramerCall& call, Bytes& bytes);
  [[nodiscard]] bool is_row(Bytes bytes) const;
  [[nodiscard]] Step search(FramerCall& call, Bytes& bytes);
  void skip(FramerCall& call, Bytes& bytes);

  std::uint32_t scanned_ = 0;                  // of the object that is held; while searching_: of what is held
  [[no_unique_address]] JsonScanner scanner_;  // its place there
  bool skipping_ : 1 = false;
  bool searching_ : 1;
  bool several_lines_ : 1 = false;  // the first object has: a LF behind it is no delimiter
  bool one_out_ : 1 = false;        // an object was given out
  bool row_ : 1;                    // two stood side by side
};

}  // namespace logsniffd::framing
