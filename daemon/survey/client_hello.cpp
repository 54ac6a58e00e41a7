#include "daemon/survey/client_hello.hpp"

#include <algorithm>

#include "daemon/base/byte_reader.hpp"

namespace logsniffd::survey {
namespace {

constexpr std::uint8_t kHandshake = 22;
constexpr std::uint8_t kClientHello = 1;
constexpr std::uint16_t kServerName = 0;
constexpr std::uint8_t kHostName = 0;
constexpr std::size_t kVersionAndRandom = 34;

// What is left of the captured bytes counts, whatever a length says.
Bytes take_at_most(ByteReader& reader, std::size_t length) { return reader.take(std::min(length, reader.remaining())); }

}  // namespace

std::string_view server_name(Bytes payload) {
  ByteReader record(payload);
  if (record.u8() != kHandshake) return {};
  record.skip(2);  // version
  ByteReader message(take_at_most(record, record.u16be()));
  if (message.u8() != kClientHello) return {};
  message.skip(3);  // length: that of the record, or beyond it
  message.skip(kVersionAndRandom);
  message.skip(message.u8());     // session
  message.skip(message.u16be());  // cipher suites
  message.skip(message.u8());     // compression methods
  ByteReader extensions(take_at_most(message, message.u16be()));
  while (extensions.remaining() > 0) {
    const std::uint16_t type = extensions.u16be();
    const std::uint16_t length = extensions.u16be();
    if (!extensions.ok()) return {};
    if (type != kServerName) {
      extensions.skip(length);
      continue;
    }
    ByteReader names(take_at_most(extensions, length));
    names.skip(2);  // length of the list
    if (names.u8() != kHostName) return {};
    const Bytes name = names.take(names.u16be());
    return names.ok() ? as_text(name) : std::string_view();
  }
  return {};
}

}  // namespace logsniffd::survey
