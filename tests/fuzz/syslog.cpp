// Any bytes as a syslog message: every view of the record lies inside the message or in `unescaped`, nothing exceeds
// its bound, and the message ends where the text ends, except for dropped bytes.
#include "daemon/record/syslog/syslog.hpp"

#include <cstdint>
#include <cstdlib>
#include <functional>

#include "daemon/decoder/decoder.hpp"
#include "daemon/record/syslog/structured_data.hpp"
#include "daemon/text/compressed.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::record;
using namespace logsniffd::decoder;
using namespace logsniffd::record::syslog;
using namespace logsniffd::text;

void require(bool condition) {
  if (!condition) std::abort();
}

bool lies_in(std::string_view part, std::string_view whole) {
  const std::less_equal<const char*> in_order;  // a total order, which raw pointers lack
  return part.empty() ||
         (in_order(whole.data(), part.data()) && in_order(part.data() + part.size(), whole.data() + whole.size()));
}

void check_syslog(std::string_view text) {
  LogRecord record;
  record.captured_at = PacketTime(std::chrono::seconds(1'791'749'660));
  record.message = "untouched";
  std::vector<Field> fields;
  std::string unescaped;
  if (!parse_syslog(text, record, fields, unescaped)) {
    require(record.message == "untouched" && !record.severity && !record.facility && !record.sent);
    return;
  }
  require(record.severity && static_cast<unsigned>(*record.severity) <= 7);
  require(record.facility && *record.facility <= 23);
  for (const std::string_view part : {record.host, record.app, record.pid, record.msgid, record.message}) {
    require(lies_in(part, text));
  }
  require(record.fields.size() <= kMaxFields && fields.size() <= kMaxFields + 1);
  for (const Field& field : record.fields) {
    require(!field.name.empty() && field.name.size() <= 2 * kMaxSdName + 1);
    const bool literal = field.name == "device" || field.name == "node";  // header_shape.hpp
    require(literal || lies_in(field.name, text) || lies_in(field.name, unescaped));
    require(lies_in(field.value, text) || lies_in(field.value, unescaped));
  }
  require(unescaped.size() <= text.size() + (kMaxFields + 1) * (2 * kMaxSdName + 1));
  const std::string_view dropped = text.substr(static_cast<std::size_t>(record.message.end() - text.begin()));
  require(dropped.find_first_not_of(std::string_view("\0\r\n", 3)) == dropped.npos || record.message.empty());
}

// The number of messages that came out, and how many of them exactly as they were sent.
struct Fates {
  std::uint64_t all;
  std::uint64_t kept;
};

Fates fates(const DecodeCounters& counters) {
  Fates fates{counters.malformed.get(), counters.malformed.get() + counters.of(Decode::plain).get()};
  for (const Counter& decoded : counters.decoded) fates.all += decoded.get();
  return fates;
}

void check_decoder(Decode as, std::string_view text) {
  static Decoder decoder;  // keeps the state of earlier messages, as in the daemon
  LogRecord record;
  const Fates before = fates(decoder.counters());
  decoder.decode(as, as_bytes(text), record);
  const Fates after = fates(decoder.counters());
  require(after.all == before.all + 1);
  // Text that looks compressed and is not has an explanation as its message.
  require(after.kept == before.kept || record.message == text || text::is_compressed(as_bytes(text)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  check_syslog(text);
  for (const Decode as : {Decode::automatic, Decode::plain, Decode::syslog}) check_decoder(as, text);
  return 0;
}
