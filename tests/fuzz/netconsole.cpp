// A series of datagrams through the ordering of netconsole's senders, and its output through the decoder. The input
// repeats: milliseconds passed, source port (one byte each), length of the datagram (two bytes, big-endian), datagram.
#include "daemon/record/syslog/netconsole.hpp"

#include <algorithm>
#include <cstdlib>

#include "daemon/base/byte_reader.hpp"
#include "daemon/framing/netconsole_header.hpp"
#include "daemon/framing/netconsole_order.hpp"
#include "daemon/record/syslog/structured_data.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::framing;
using namespace logsniffd::record::syslog;

constexpr NetconsoleLimits kLimits{
    .bytes = 16'384, .messages = 5, .senders = 3, .wait = std::chrono::milliseconds(500)};

void require(bool condition) {
  if (!condition) std::abort();
}

// Every record in the output can be read, and contains nothing that its bytes do not contain.
class Reader final : public NetconsoleObserver {
 public:
  void on_netconsole(const RecordOrigin&, Bytes message, Integrity integrity) override {
    ++records_;
    const std::string_view text = as_text(message);
    const auto header = read_netconsole_header(text);
    require(header && record::syslog::looks_like_netconsole(message));
    require(netconsole_value(*header, "ncfrag").data() == nullptr || integrity != Integrity::whole);
    record_.integrity = integrity;
    require(record::syslog::read_netconsole(text, record_, fields_, unescaped_));
    require(record_.severity && record_.facility && *record_.facility <= 23 && !record_.sent);
    require(record_.message.size() <= text.size() && record_.fields.size() <= record::kMaxFields);
    require(record_.fields.size() >= 2 && record_.fields[0].value == header->seq_digits);
  }
  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  std::uint64_t records_ = 0;
  record::LogRecord record_;
  std::vector<record::Field> fields_;
  std::string unescaped_;
};

void require_ledger(const NetconsoleCounters& c, const Reader& reader) {
  require(unaccounted(c) == 0);
  require(c.records.get() == reader.records());
  require(c.memory_bytes.get() <= kLimits.bytes);
  require((c.held.get() == 0) == (c.memory_bytes.get() == 0));
  require(c.sender_missing.get() < std::uint64_t{1} << 60);  // not negative
}

void read_alone(Bytes datagram) {
  record::LogRecord record;
  record.message = "untouched";
  std::vector<record::Field> fields;
  std::string unescaped;
  if (record::syslog::read_netconsole(as_text(datagram), record, fields, unescaped)) return;
  require(record.message == "untouched" && !record.severity && !record::syslog::looks_like_netconsole(datagram));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  NetconsoleOrder order(kLimits);
  Reader reader;
  PacketTime now{};
  Flow flow{.src = {}, .dst = {}, .transport = Transport::udp};
  ByteReader input{Bytes(data, size)};
  std::uint64_t taken = 0;
  while (input.remaining() > 0) {
    now += std::chrono::milliseconds(input.u8());
    flow.src.port = input.u8();
    const Bytes datagram = input.take(input.u16be());
    if (!input.ok()) break;
    read_alone(datagram);
    const bool taken_now = order.add({flow, now, 0}, datagram, false, reader);
    require(taken_now == read_netconsole_header(as_text(datagram)).has_value());
    taken += taken_now ? 1 : 0;
    require(order.counters().datagrams.get() == taken);
    require_ledger(order.counters(), reader);
  }
  order.expire(now + kLimits.wait + std::chrono::nanoseconds(1), reader);
  require(order.counters().held.get() == 0 && !order.expire_within(now));
  require_ledger(order.counters(), reader);
  return 0;
}
