// From one frame to what it says. (What a frame is was decided by framing.)
//
// THREAD    confined to the capture worker that owns it.
// LIFETIME  the views of the record point into the frame and into the decoder: valid until the next decode().
// BOUNDS    at most kMaxFields fields a record; further ones are counted. Message and fields together take at most the
//           record's limit, whatever was inflated or put together for them: beyond it they are cut
//           (bounded_record.hpp). Linear in the frame: a compressed one is inflated to kInflatedPerByte times its size
//           or kLeastInflated, a pickle takes so much effort (python.hpp). What either makes beyond a multiple of
//           the frame is taken from a budget a second, which all senders share (decode_budget.hpp).
// FAILURE   a message that is not what it should be stays readable: message is the whole frame, and `malformed` grows
//           where a decoding was asked for; under Decode::automatic that is plain text. Behind a valid <PRI> nothing
//           fails: what cannot be read stays in the message (syslog.hpp). Where GELF is asked for or may be, compressed
//           bytes are never a message: the message is what they inflate to, or, where they cannot be inflated, a
//           sentence of our own that says so, with the app "logsniffd". Such a sentence stands, marked truncated, for
//           what the budget has no room for, too.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/base/counter_block.hpp"
#include "daemon/record/decode_budget.hpp"
#include "daemon/record/gelf.hpp"
#include "daemon/record/json.hpp"
#include "daemon/record/log_record.hpp"
#include "daemon/record/python.hpp"
#include "daemon/record/structured_data.hpp"

namespace logsniffd::record {

enum class Decode : std::uint8_t {
  automatic,  // whichever of those below the first bytes prove; plain otherwise
  plain,
  syslog,  // RFC 5424, RFC 3164 and what is sent under its name; CEF and LEEF in it
  json,    // one object, with the keys of the common loggers
  gelf,
  python,      // what logging.handlers.SocketHandler and DatagramHandler send
  netconsole,  // the Linux kernel's console over UDP; only the extended one proves itself
};
inline constexpr std::array<std::string_view, 7> kDecodeNames{"automatic", "plain",  "syslog",    "json",
                                                              "gelf",      "python", "netconsole"};

// INVARIANT  each frame counts in one of decoded (never at automatic) and malformed.
struct DecodeCounters {
  std::array<Counter, kDecodeNames.size()> decoded;  // by Decode
  Counter malformed;                                 // should have been what the filter says, but was kept as plain
  Counter events;                                    // records that hold a CEF or LEEF event
  Counter fields_left;     // records with more than kMaxFields fields, or some that could not be read
  Counter inflate_failed;  // compressed GELF that is damaged
  Counter cut;             // records of which something was cut, by the limit of the record or of what may be made
  Counter over_budget;     // compressed GELF and pickles that were not decoded, for the budget was used up
  Counter made_bytes;      // inflated, or put together from pickles

  [[nodiscard]] const Counter& of(Decode as) const { return decoded[static_cast<std::size_t>(as)]; }

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(CounterName(kDecodeNames[0]).unlisted(), self.decoded[0]);  // automatic, which no frame is
    for (std::size_t i = 1; i < self.decoded.size(); ++i) visit(CounterName(kDecodeNames[i]), self.decoded[i]);
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
  // A message of JSON is rarely a tenth of its size when compressed; one that is a 64th is a bomb, or a table of blanks
  // whose front says enough.
  static constexpr std::size_t kLeastInflated = 16 * 1024;
  static constexpr std::size_t kInflatedPerByte = 64;
  // Times the frame, so much may be made without the budget. What is sent ordinarily hardly makes more: JSON of one
  // message is compressed to a half or a third, and a pickle's texts are copied once.
  static constexpr std::size_t kFreeInflated = 2;
  static constexpr std::size_t kFreeFormatted = 1;

  // `secret`: so that a sender cannot choose with whom it shares.
  explicit Decoder(std::size_t record_limit_bytes = kRecordLimit, std::uint64_t secret = 0);
  void set_record_limit(std::size_t bytes);

  // Sets severity, facility, sent, host, app, pid, msgid, message and fields of `record`, whose captured_at (for the
  // year and zone that RFC 3164 leaves out) and flow are set already. `now` is steady, for the budget. Everything that
  // it does not find is reset to absent. Its integrity becomes truncated where a bound of the decoding cut it.
  void decode(Decode as, Bytes frame, LogRecord& record, PacketTime now);
  void decode(Decode as, Bytes frame, LogRecord& record) { decode(as, frame, record, record.captured_at); }

  // A field more for the record that decode() made last. LIFETIME: its text outlives the record.
  void add_field(LogRecord& record, const Field& field);

  [[nodiscard]] const DecodeCounters& counters() const { return counters_; }
  [[nodiscard]] const PythonCounters& python_counters() const { return python_.counters(); }

 private:
  // What a record says whose frame could not be decoded.
  struct Undecoded {
    std::string_view text;
    std::string_view app;
  };

  [[nodiscard]] bool read(Decode as, Bytes frame, LogRecord& record, Undecoded& rest);
  [[nodiscard]] bool read_gelf(Bytes frame, LogRecord& record, Undecoded& rest);
  [[nodiscard]] bool read_python(Bytes frame, LogRecord& record, Undecoded& rest);
  [[nodiscard]] Undecoded tell(std::string_view what, std::size_t size, std::string_view why);
  [[nodiscard]] Undecoded tell_over_budget(std::string_view what, Bytes frame, LogRecord& record);
  void read_event(LogRecord& record);

  std::vector<Field> fields_;
  std::string unescaped_;  // structured-data values with \" \\ \] resolved (RFC 5424, 6.3.3), and netconsole's texts
  std::string event_unescaped_;  // likewise of CEF
  std::string told_;             // of a frame that is not decoded
  JsonReader json_;
  GelfReader gelf_;
  PythonReader python_;
  DecodeBudget budget_;
  std::size_t record_limit_;
  PacketTime now_{};
  bool cut_ = false;  // something of the record that is being read
  DecodeCounters counters_;
};

}  // namespace logsniffd::record
