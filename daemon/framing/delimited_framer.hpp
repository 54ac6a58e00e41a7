// Cuts a stream of lines: each record ends with a delimiter.
//
// If evidence found the delimiter (Method::automatic), senders are accepted as they are:
//   - One of LF and NUL ends the records, and the other one stays in a message. A CR, LF or NUL that touches the
//     delimiter on either side belongs to it, and is trimmed.
//   - The other one also ends a record if the start of another record follows it: a <PRI>, a date, or `{` after `}`. It
//     is looked for in the first kWatched records, in each record that crosses segments, and for as long as the stream
//     is found to mix the two.
//   - While only one record is out, LF and NUL may swap roles.
//   - If a line turns out to be a counted message, the counted framer takes over.
//
// A record that is longer than limits.record is cut, and skipped up to its delimiter. If no delimiter is known, it is
// skipped up to the next boundary that any framing can prove.
#pragma once

#include "daemon/framing/framer_call.hpp"

namespace logsniffd::framing {

class DelimitedFramer {
 public:
  static constexpr unsigned kWatched = 7;    // records
  static constexpr unsigned kProbation = 7;  // lines

  DelimitedFramer(const FramingOptions& options, const Decision& decision);

  // Takes the records that `bytes` begins with. The caller has to hold what is left, and pass it again with more
  // after it.
  [[nodiscard]] Bytes cut(FramerCall& call, Bytes bytes);
  // How many of the bytes `more`, which follow the held ones, are of use; at least one.
  [[nodiscard]] std::size_t wants(const FramerCall& call, Bytes more) const;
  [[nodiscard]] std::size_t most_held(const FramerCall& call) const;
  // `held` bytes are the beginning of a line that needs nothing but its delimiter: end_line() may be called.
  [[nodiscard]] bool is_inside_line(std::size_t held) const { return scanned_ == held && is_sure(); }
  // How many of the bytes `more` belong to that line, without its delimiter; more.size(): the line continues
  // after them.
  [[nodiscard]] std::size_t line_bytes(const FramerCall& call, Bytes more) const;
  // Whether `line`, more bytes of that line, makes it doubtful. Then it has to be cut as any other bytes.
  [[nodiscard]] bool holds_other(Bytes line);
  void end_line(FramerCall& call, Bytes line);
  void go_on(std::size_t held) { scanned_ = static_cast<std::uint32_t>(held); }
  // There is no room to hold more than `held`, which cut() left untouched. REQUIRED: `held` is not empty.
  void give_up(FramerCall& call, Bytes held);
  void gap(FramerCall& call);
  [[nodiscard]] bool waits_for_quiet() const { return mixed_ || watched_ > 0; }

 private:
  struct End {
    enum class Kind : std::uint8_t { none, found, wait } kind;
    std::size_t at = 0;
  };

  [[nodiscard]] bool is_automatic() const { return terminator_ != Terminator::configured; }
  [[nodiscard]] std::uint8_t delimiter(const FramerCall& call) const {
    if (terminator_ == Terminator::configured && call.options.method != Method::nul) return call.options.delimiter;
    return terminator_ == Terminator::configured || terminator_ == Terminator::nul ? '\0' : '\n';
  }
  [[nodiscard]] std::uint8_t other_delimiter() const { return terminator_ == Terminator::nul ? '\n' : '\0'; }
  [[nodiscard]] bool may_count(const FramerCall& call) const;
  [[nodiscard]] bool is_sure() const { return !skipping_ && !mixed_ && watched_ == 0 && probation_ == 0; }
  [[nodiscard]] bool is_stray(std::uint8_t b) const;
  void trim_start(FramerCall& call, Bytes& bytes);
  [[nodiscard]] Step step(FramerCall& call, Bytes& bytes);
  [[nodiscard]] Step look_inside(FramerCall& call, Bytes& bytes);
  [[nodiscard]] Step cut_line(FramerCall& call, Bytes& bytes);
  [[nodiscard]] Step cut_sure_lines(FramerCall& call, Bytes& bytes);
  [[nodiscard]] Step wait_for_end(FramerCall& call, Bytes bytes);
  [[nodiscard]] End find_end(const FramerCall& call, Bytes bytes);
  [[nodiscard]] bool bares_end_records(const FramerCall& call, Bytes next);
  [[nodiscard]] End other_end(const FramerCall& call, Bytes bytes, std::size_t at, std::size_t behind) const;
  void emit_line(FramerCall& call, Bytes frame);
  void learn(Bytes frame);
  void skip(FramerCall& call, Bytes& bytes);
  [[nodiscard]] std::size_t other_end_inside(Bytes bytes) const;
  void skip_to_any(FramerCall& call, Bytes& bytes);

  std::uint32_t scanned_ = 0;  // how many of the held bytes were examined
  Terminator terminator_ : 2;
  Opener starts_ : 2;
  bool skipping_ : 1;
  bool mixed_ : 1 = false;                    // both LF and NUL end records
  bool is_line_ : 1;                          // the next record is a line
  unsigned watched_ : 3;                      // how many more records are examined for both delimiters
  unsigned probation_ : 3;                    // how many more lines are searched for counts inside
  HeaderKind header_ : 3 = HeaderKind::none;  // of the first record
  unsigned bares_ : 4 = 0;                    // lines of this record that begin with a bare <PRI>
  unsigned fresh_bares_ : 2 = 0;              // how many of them begin a segment
};

}  // namespace logsniffd::framing
