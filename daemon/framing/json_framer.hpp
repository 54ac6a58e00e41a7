// Cuts a stream of JSON objects, or arrays of them, each of which ends with its own bracket (json_scanner.hpp).
//
// This framer takes every stream that begins with such a value, and gives most of them away again: if an LF or NUL
// follows the first value, the records are delimited; if the bytes are not JSON, the detector examines them as text.
// The streams that remain have values one after the other. Each value is given out as soon as it is complete. Blanks,
// byte order marks and a comma between two values belong to neither (json_place.hpp).
//
// A raw LF inside a string is the sender's mistake and ends nothing, as long as the value turns out to be complete.
//
// A value longer than limits.record is cut, and skipped up to its bracket. If values are followed by bytes that are not
// a value, and after a gap, records resume at the next complete value. If an LF or NUL comes first, the detector
// examines the stream again. If values were printed over several lines, a line that cannot be part of one does the
// same, and a value that begins and ends at the start of a line needs no other proof.
#pragma once

#include "daemon/framing/framer_call.hpp"
#include "daemon/framing/json_scanner.hpp"

namespace logsniffd::framing {

class JsonFramer {
 public:
  // `search`: the bytes begin inside a value. `several_lines`: that value was printed over several lines.
  JsonFramer(bool search, bool several_lines) : searching_(search), several_lines_(several_lines), row_(search) {}

  // The same contract as DelimitedFramer's.
  [[nodiscard]] Bytes cut(FramerCall& call, Bytes bytes);
  [[nodiscard]] std::size_t wants(const FramerCall&, Bytes more) const { return more.size(); }
  [[nodiscard]] std::size_t most_held(const FramerCall& call) const {
    return searching_ ? call.window_bytes() : call.record_bytes();
  }
  void give_up(FramerCall& call, Bytes held);
  void gap(FramerCall& call);
  // A value may continue after a comma, or inside a string after a raw LF.
  [[nodiscard]] static constexpr bool waits_for_quiet() { return true; }

 private:
  enum class Behind : std::uint8_t { nothing, row, delimiter, other, wait };

  [[nodiscard]] Step step(FramerCall& call, Bytes& bytes);
  [[nodiscard]] Step between(FramerCall& call, Bytes& bytes);
  void refuse(FramerCall& call);
  [[nodiscard]] Step value(FramerCall& call, Bytes& bytes);
  [[nodiscard]] static Behind look_behind(const FramerCall& call, Bytes bytes);
  [[nodiscard]] Step search(FramerCall& call, Bytes& bytes);
  [[nodiscard]] bool ends_search(Bytes bytes, std::size_t at) const;
  [[nodiscard]] Step found(FramerCall& call, Bytes& bytes, std::size_t at);
  void skip(FramerCall& call, Bytes& bytes);

  std::uint32_t scanned_ = 0;                  // bytes scanned of the held value; searching_: of all held bytes
  [[no_unique_address]] JsonScanner scanner_;  // its place there
  bool skipping_ : 1 = false;
  bool searching_ : 1;
  bool several_lines_ : 1;    // the first value has several lines: an LF after it is not a delimiter
  bool one_out_ : 1 = false;  // a value was given out
  bool row_ : 1;              // two values stood side by side
};

}  // namespace logsniffd::framing
