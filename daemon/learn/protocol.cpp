#include "daemon/learn/protocol.hpp"

#include <algorithm>

#include "daemon/base/byte_reader.hpp"
#include "daemon/learn/text_protocol.hpp"

namespace logsniffd::learn {
namespace {

constexpr auto kKnownServices = std::to_array<std::uint16_t>(
    {20,   21,   22,   23,   25,   43,   53,   67,   68,   69,   79,    80,    88,   109,  110,  111,  113,
     119,  123,  135,  137,  138,  139,  143,  161,  162,  179,  194,   389,   427,  443,  445,  465,  500,
     515,  520,  548,  554,  587,  631,  636,  853,  873,  989,  990,   993,   995,  1080, 1194, 1433, 1521,
     1701, 1723, 1812, 1813, 1883, 1900, 2049, 2181, 2375, 2376, 2379,  2380,  3128, 3260, 3306, 3389, 3478,
     3690, 3702, 4222, 4369, 4500, 4789, 5060, 5061, 5222, 5269, 5353,  5355,  5432, 5671, 5672, 5900, 5938,
     6379, 6443, 6667, 8080, 8443, 8883, 9042, 9092, 9100, 9200, 11211, 17500, 27017});
static_assert(std::is_sorted(kKnownServices.begin(), kKnownServices.end()));

// RFC 8446, 5.1: a type, a version that begins with 3, and a length of at most 2^14 + 2048 (RFC 5246, 6.2.3). DTLS has
// versions that begin with 254 (RFC 9147, 4).
bool is_tls(const Opening& opening) {
  constexpr std::uint16_t kLongest = (1U << 14) + 2048;
  ByteReader reader(opening.bytes);
  const std::uint8_t type = reader.u8();
  const std::uint16_t version = reader.u16be();
  if (type < 20 || type > 23) return false;
  if (opening.transport == Transport::udp) return reader.ok() && (version >> 8) == 0xfe;
  const std::uint16_t length = reader.u16be();
  return reader.ok() && (version >> 8) == 3 && (version & 0xff) <= 4 && length > 0 && length <= kLongest;
}

// RFC 1035, 4.1.1: the twelve bytes before the questions.
bool is_dns_message(Bytes message, bool on_its_port) {
  constexpr std::uint16_t kMostEntries = 512;
  ByteReader reader(message);
  reader.skip(2);  // id
  const std::uint16_t flags = reader.u16be();
  const std::uint16_t questions = reader.u16be();
  const std::uint16_t answers = reader.u16be();
  const std::uint16_t authorities = reader.u16be();
  const std::uint16_t additional = reader.u16be();
  if (!reader.ok() || (flags >> 11 & 0xf) > 6) return false;
  if (on_its_port) {
    return questions <= kMostEntries && answers <= kMostEntries && authorities <= kMostEntries &&
           additional <= kMostEntries;
  }
  if (questions != 1 || answers > 64 || authorities > 64 || additional > 16) return false;
  for (std::uint8_t label = reader.u8(); label != 0; label = reader.u8()) {
    if (label > 63) return false;
    reader.skip(label);
    if (!reader.ok()) return false;
  }
  reader.skip(2);  // type
  return (reader.u16be() & 0x7fff) == 1 && reader.ok();
}

bool is_dns(const Opening& opening) {
  const std::uint16_t port = opening.server_port;
  const bool on_its_port = port == 53 || port == 5353 || port == 5355;
  if (opening.transport == Transport::udp) return is_dns_message(opening.bytes, on_its_port);
  ByteReader reader(opening.bytes);  // RFC 1035, 4.2.2: a length comes first
  const std::uint16_t length = reader.u16be();
  return reader.ok() && length >= 12 && is_dns_message(reader.rest(), on_its_port);
}

// The start-up message and the requests before it; what the server says first.
bool is_postgresql(const Opening& opening) {
  constexpr std::uint32_t kVersion3 = 196'608;
  constexpr std::uint32_t kFirstRequest = 80'877'102;  // CancelRequest, SSLRequest, GSSENCRequest
  constexpr std::uint32_t kLastRequest = 80'877'104;
  ByteReader reader(opening.bytes);
  if (opening.from_server) {
    if (opening.bytes.size() == 1 && opening.server_port == 5432) return true;  // N or S
    const std::uint8_t type = reader.u8();
    const std::uint32_t length = reader.u32be();
    const std::uint32_t method = reader.u32be();
    return reader.ok() && type == 'R' && length >= 8 && length < 256 && method <= 12;
  }
  const std::uint32_t length = reader.u32be();
  const std::uint32_t code = reader.u32be();
  if (reader.ok() && length >= 8 && length <= 10'000 &&
      (code == kVersion3 || (code >= kFirstRequest && code <= kLastRequest))) {
    return true;
  }
  // In a connection that was running already: a query or the statement of one, which ends with NUL.
  ByteReader message(opening.bytes);
  const std::uint8_t type = message.u8();
  const std::uint32_t size = message.u32be();
  return message.ok() && (type == 'Q' || type == 'P') && size >= 6 && size < opening.bytes.size() &&
         opening.bytes[size] == 0;
}

// A packet: a length of three bytes, a number, then of the greeting protocol 10 and the version as text, of a query the
// command 3.
bool is_mysql(const Opening& opening) {
  if (opening.bytes.size() < 7) return false;
  const Bytes bytes = opening.bytes;
  const std::size_t length =
      bytes[0] | static_cast<std::size_t>(bytes[1]) << 8 | static_cast<std::size_t>(bytes[2]) << 16;
  if (bytes[3] != 0) return false;
  if (!opening.from_server) return bytes[4] == 3 && length + 4 == bytes.size();
  const bool greets = bytes[4] == 10 && bytes[5] >= '0' && bytes[5] <= '9';
  const bool refuses = bytes[4] == 0xff;
  return (greets || refuses) && length + 4 <= bytes.size();
}

bool is_mongodb(const Opening& opening) {
  ByteReader reader(opening.bytes);
  const std::uint32_t length = reader.u32le();
  reader.skip(8);  // request and response
  const std::uint32_t operation = reader.u32le();
  const bool known = operation == 1 || operation == 2004 || operation == 2012 || operation == 2013;
  return reader.ok() && known && length >= 16 && length <= 48'000'000;
}

bool is_sql_server(const Opening& opening) {
  ByteReader reader(opening.bytes);
  const std::uint8_t type = reader.u8();
  const std::uint8_t status = reader.u8();
  const std::uint16_t length = reader.u16be();
  return reader.ok() && (type == 0x12 || (type == 4 && opening.from_server)) && status == 1 &&
         length == opening.bytes.size();
}

// STARTUP and OPTIONS; SUPPORTED, READY, AUTHENTICATE and ERROR.
bool is_cassandra(const Opening& opening) {
  ByteReader reader(opening.bytes);
  const std::uint8_t version = reader.u8();
  reader.skip(3);  // flags, stream
  const std::uint8_t operation = reader.u8();
  const std::uint32_t length = reader.u32be();
  const std::uint8_t wanted = opening.from_server ? 0x83 : 0x03;
  const bool known = opening.from_server ? operation == 0 || operation == 2 || operation == 3 || operation == 6
                                         : operation == 1 || operation == 5;
  return reader.ok() && version >= wanted && version <= wanted + 2 && known && length == reader.remaining();
}

bool is_mqtt(Bytes bytes) {
  if (bytes.size() < 8 || bytes[0] != 0x10) return false;
  const std::string_view front = as_text(bytes.first(std::min<std::size_t>(bytes.size(), 12)));
  return front.find("MQTT") != std::string_view::npos || front.find("MQIsdp") != std::string_view::npos;
}

// "2W" and the size of a window, "2J" and its kin; version 1 likewise.
bool is_beats(Bytes bytes) {
  if (bytes.size() < 6 || (bytes[0] != '1' && bytes[0] != '2')) return false;
  const char type = static_cast<char>(bytes[1]);
  return (type == 'W' || type == 'A') && bytes[2] == 0 && bytes[3] == 0;
}

// MessagePack: an array of two to four elements, the first of which is the tag.
bool is_fluentd(Bytes bytes) {
  if (bytes.size() < 4 || bytes[0] < 0x92 || bytes[0] > 0x94) return false;
  const bool short_tag = bytes[1] >= 0xa1 && bytes[1] <= 0xbf;
  const bool long_tag = bytes[1] == 0xd9;
  return short_tag || long_tag;
}

}  // namespace

Protocol recognize(const Opening& opening) {
  if (opening.bytes.empty()) return Protocol::unknown;
  if (is_tls(opening)) return Protocol::tls;
  if (const Protocol text = recognize_text(as_text(opening.bytes), opening); text != Protocol::unknown) return text;
  if (is_dns(opening)) return Protocol::dns;
  if (opening.transport == Transport::udp) return Protocol::unknown;
  if (as_text(opening.bytes).starts_with(std::string_view("AMQP\0", 5))) return Protocol::amqp;
  if (is_mqtt(opening.bytes)) return Protocol::mqtt;
  if (is_postgresql(opening)) return Protocol::postgresql;
  if (is_mysql(opening)) return Protocol::mysql;
  if (is_mongodb(opening)) return Protocol::mongodb;
  if (is_sql_server(opening)) return Protocol::sql_server;
  if (is_cassandra(opening)) return Protocol::cassandra;
  if (is_beats(opening.bytes)) return Protocol::beats;
  if (is_fluentd(opening.bytes)) return Protocol::fluentd;
  return Protocol::unknown;
}

bool is_known_service(std::uint16_t port) {
  return std::binary_search(kKnownServices.begin(), kKnownServices.end(), port);
}

}  // namespace logsniffd::learn
