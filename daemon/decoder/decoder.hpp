// Decodes one frame into a record. (Framing has decided what a frame is.)
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  the views of the record point into the frame and into the decoder: valid until the next decode().
// BOUNDS    at most kMaxFields fields a record; further ones are counted. Message and fields together take at most the
//           record's limit, whatever was inflated or formatted for them; beyond it they are cut (bounded_record.hpp).
//           Linear in the frame: a compressed one is inflated to at most kInflatedPerByte times its size or
//           kLeastInflated, and a pickle takes bounded effort (python.hpp). What either produces beyond a multiple of
//           the frame is taken from a budget a second, which all senders share (decode_budget.hpp).
// FAILURE   a message that cannot be decoded stays readable: the whole frame is the message, and `malformed` grows if a
//           decoding was asked for; under Decode::automatic the frame counts as plain text. After a valid <PRI> nothing
//           fails: what cannot be read stays in the message (syslog.hpp). If the decoding is or may be GELF, compressed
//           bytes are never the message: the message is what they inflate to or, if they cannot be inflated, a sentence
//           of our own that says so, with the app "logsniffd". Such a sentence, marked truncated, also stands for what
//           exceeds the budget.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/base/counter_block.hpp"
#include "daemon/decoder/decode_budget.hpp"
#include "daemon/record/decode.hpp"
#include "daemon/record/json/gelf.hpp"
#include "daemon/record/json/json.hpp"
#include "daemon/record/log_record.hpp"
#include "daemon/record/python/python.hpp"
#include "daemon/record/syslog/structured_data.hpp"

namespace logsniffd::decoder {

// INVARIANT  each frame counts once: in one of decoded (never at automatic), or in malformed.
struct DecodeCounters {
  std::array<Counter, record::kDecodes.size()> decoded;  // by Decode
  Counter malformed;       // kept as plain text, because they are not what the filter says
  Counter events;          // records that hold a CEF or LEEF event
  Counter fields_left;     // records with more than kMaxFields fields, or some that could not be read
  Counter inflate_failed;  // compressed GELF that is damaged
  Counter cut;             // records of which something was cut, by the record's limit or a bound of the decoding
  Counter over_budget;     // compressed GELF and pickles that were not decoded because the budget was used up
  Counter made_bytes;      // inflated, or formatted from pickles

  [[nodiscard]] const Counter& of(record::Decode as) const { return decoded[static_cast<std::size_t>(as)]; }

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(CounterName(record::kDecodes[0].word).unlisted(), self.decoded[0]);  // automatic: no frame counts there
    for (std::size_t i = 1; i < self.decoded.size(); ++i) visit(CounterName(record::kDecodes[i].word), self.decoded[i]);
    visit("events", self.events);
    visit("malformed", self.malformed);
    visit("fields_left", self.fields_left);
    visit("inflate_failed", self.inflate_failed);
    visit("cut", self.cut);
    visit("over_budget", self.over_budget);
    visit("made_bytes", self.made_bytes);
  }
};
static_assert(names_every_counter<DecodeCounters>());

class Decoder {
 public:
  static constexpr std::size_t kRecordLimit = 64 * 1024;
  // A JSON message rarely compresses to less than a tenth. One that compresses to a 64th is a bomb, or a table of
  // blanks whose front says enough.
  static constexpr std::size_t kLeastInflated = 16 * 1024;
  static constexpr std::size_t kInflatedPerByte = 64;
  // So many times the frame's size may be produced outside the budget. Ordinary traffic hardly needs more: the JSON of
  // one message is compressed to a half or a third, and a pickle's texts are copied once.
  static constexpr std::size_t kFreeInflated = 2;
  static constexpr std::size_t kFreeFormatted = 1;

  // `secret` keeps a sender from choosing which others it shares a slot with.
  explicit Decoder(std::size_t record_limit_bytes = kRecordLimit, std::uint64_t secret = 0);
  void set_record_limit(std::size_t bytes);

  // Sets severity, facility, sent, host, app, pid, msgid, message and fields of `record`; what is not found is reset to
  // absent. Its captured_at (for the year and zone that RFC 3164 leaves out) and flow are already set. `now` is steady
  // time, for the budget. The record's integrity becomes truncated if a bound of the decoding cut it.
  void decode(record::Decode as, Bytes frame, record::LogRecord& record, PacketTime now);
  void decode(record::Decode as, Bytes frame, record::LogRecord& record) {
    decode(as, frame, record, record.captured_at);
  }

  // How many of the frames that `run` begins with, with a byte after each, are bare: their first bytes show that decode()
  // would make each the message of its record, find nothing else and cut nothing. They count as decoded.
  [[nodiscard]] std::size_t take_bare(record::Decode as, Bytes run, std::span<const std::uint32_t> sizes) {
    if (as != record::Decode::automatic && as != record::Decode::plain) return 0;
    std::size_t taken = 0;
    for (; taken < sizes.size(); ++taken) {
      const Bytes frame = run.first(sizes[taken]);
      if (frame.size() > record_limit_ || (as == record::Decode::automatic && !is_bare(frame))) break;
      run = run.subspan(frame.size() + 1);
    }
    if (taken > 0) counters_.decoded[static_cast<std::size_t>(record::Decode::plain)].add(taken);
    return taken;
  }

  // Adds a field to the record that decode() made last. LIFETIME: its text outlives the record.
  void add_field(record::LogRecord& record, const record::Field& field);

  [[nodiscard]] const DecodeCounters& counters() const { return counters_; }
  [[nodiscard]] const record::python::PythonCounters& python_counters() const { return python_.counters(); }

 private:
  // What the record says of a frame that could not be decoded.
  struct Undecoded {
    std::string_view text;
    std::string_view app;
  };

  [[nodiscard]] static bool is_bare(Bytes frame);
  [[nodiscard]] bool read(record::Decode as, Bytes frame, record::LogRecord& record, Undecoded& rest);
  [[nodiscard]] bool read_gelf(Bytes frame, record::LogRecord& record, Undecoded& rest);
  [[nodiscard]] bool read_python(Bytes frame, record::LogRecord& record, Undecoded& rest);
  [[nodiscard]] Undecoded report(std::string_view what, std::size_t size, std::string_view why);
  [[nodiscard]] Undecoded tell_over_budget(std::string_view what, Bytes frame, record::LogRecord& record);
  void read_event(record::LogRecord& record);

  std::vector<record::Field> fields_;
  std::string unescaped_;  // structured-data values with \" \\ \] resolved (RFC 5424, 6.3.3), and netconsole's texts
  std::string event_unescaped_;  // the same for CEF
  std::string reported_;         // the sentence about a frame that is not decoded
  record::json::JsonReader json_;
  record::json::GelfReader gelf_;
  record::python::PythonReader python_;
  DecodeBudget budget_;
  std::size_t record_limit_;
  PacketTime now_{};
  bool cut_ = false;  // something of the record being read was cut
  DecodeCounters counters_;
};

// Lines that begin with a date are common, and no netconsole header begins with four digits. All four bytes are checked
// in one test. It also accepts ":;<=>?" as digits; no header begins with those either.
[[nodiscard]] inline bool begins_with_year(Bytes frame) {
  std::uint32_t four = 0;
  if (frame.size() < sizeof(four)) return false;
  std::memcpy(&four, frame.data(), sizeof(four));
  return (four & 0xf0f0f0f0U) == 0x30303030U;
}

// Whether a frame that begins with this byte is plain text, and no CEF or LEEF.
inline constexpr std::array<bool, 256> kBareStart = [] {
  std::array<bool, 256> bare{};
  bare.fill(true);
  for (const std::uint8_t special : std::to_array<std::uint8_t>({'<', '{', '}', 'C', 'L', 'x', 0x1f, 0x80, 0}))
    bare[special] = false;
  for (std::size_t digit = '0'; digit <= '9'; ++digit) bare[digit] = false;
  return bare;
}();

inline bool Decoder::is_bare(Bytes frame) {
  if (frame.empty() || kBareStart[frame[0]]) return true;
  if (frame[0] >= '0' && frame[0] <= '9') return begins_with_year(frame);
  return (frame[0] == 'C' || frame[0] == 'L') && (frame.size() < 2 || frame[1] != 'E');
}

}  // namespace logsniffd::decoder
