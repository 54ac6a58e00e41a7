// Any bytes as a GELF payload, raw and as the inflated text. The verdict and the record agree, the ceiling holds, and
// both ways of sending a message give the same record.
#include "daemon/record/json/gelf.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "daemon/record/syslog/structured_data.hpp"
#include "daemon/text/compressed.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::record;
using namespace logsniffd::record::json;
using namespace logsniffd::record::syslog;
using namespace logsniffd::text;

constexpr std::size_t kCeiling = 64 * 1024;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Result {
  GelfVerdict verdict{};
  std::vector<std::string> parts;
  bool operator==(const Result&) const = default;
};

Result read(GelfReader& reader, Bytes payload) {
  LogRecord record;
  record.captured_at = PacketTime(std::chrono::seconds(1'791'749'660));
  record.message = "untouched";
  std::vector<Field> fields;
  Result result;
  result.verdict = reader.read(payload, {kCeiling, kCeiling}, record, fields);
  require(reader.inflated_bytes() <= kCeiling + 1);
  if (result.verdict == GelfVerdict::inflated_text) {
    require(record.fields.empty() && fields.empty() && record.host.empty() && record.app.empty());
  } else if (result.verdict != GelfVerdict::message) {
    require(record.message == "untouched" && !record.severity && !record.sent && record.fields.empty());
    return result;
  }
  require(!record.severity || static_cast<unsigned>(*record.severity) <= 7);
  require(!record.facility && record.msgid.empty());
  require(record.fields.size() <= kMaxFields && fields.size() <= kMaxFields + 1);
  require(record.message.size() <= std::max(payload.size(), kCeiling));
  require(!text::is_compressed(payload) || !text::is_compressed(as_bytes(record.message)) ||
          result.verdict == GelfVerdict::message);
  for (const std::string_view part : {record.host, record.app, record.pid, record.message}) {
    result.parts.emplace_back(part);
  }
  for (const Field& field : record.fields) {
    require(field.name.size() <= kMaxJsonName);
    result.parts.emplace_back(field.name);
    result.parts.emplace_back(field.value);
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static GelfReader used;
  static Inflater inflater;
  const Bytes payload(data, size);
  const Result result = read(used, payload);
  static_cast<void>(looks_like_gelf(payload));
  require(text::is_compressed(payload) || result.verdict == GelfVerdict::message ||
          result.verdict == GelfVerdict::not_gelf);
  require(!text::is_compressed(payload) || result.verdict != GelfVerdict::not_gelf);
  Bytes text;
  if (!text::is_compressed(payload) || inflater.inflate(payload, kCeiling, text) != Inflated::whole) return 0;
  require(text.size() <= kCeiling);
  require(text::is_compressed(text) == (result.verdict == GelfVerdict::corrupt));
  if (result.verdict != GelfVerdict::message) return 0;
  const std::vector<std::uint8_t> exact(text.begin(), text.end());
  require(read(used, exact) == result);
  return 0;
}
