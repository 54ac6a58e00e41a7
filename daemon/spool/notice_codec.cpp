#include "daemon/spool/notice_codec.hpp"

#include "daemon/base/byte_reader.hpp"
#include "daemon/spool/little_endian.hpp"

namespace logsniffd::spool {

std::string encode_notice(const Notice& notice) {
  std::string bytes;
  append_little(bytes, static_cast<std::uint64_t>(notice.when.time_since_epoch().count()));
  return bytes.append(notice.text);
}

std::optional<Notice> decode_notice(std::string_view bytes) {
  ByteReader reader(as_bytes(bytes));
  const PacketTime when(Duration(static_cast<Duration::rep>(reader.u64le())));
  if (!reader.ok()) return std::nullopt;
  return Notice{as_text(reader.rest()), when};
}

}  // namespace logsniffd::spool
