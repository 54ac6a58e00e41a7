// Any bytes as a JSON message: what is read is within its bounds and comes from the text, and a refused message leaves
// the record unchanged. One reader serves all inputs, so that remains of an earlier input would show.
#include "daemon/record/json/json.hpp"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "daemon/record/syslog/structured_data.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::record;
using namespace logsniffd::record::json;
using namespace logsniffd::record::syslog;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Result {
  bool ok = false;
  std::vector<std::string> parts;
  bool operator==(const Result&) const = default;
};

Result read(JsonReader& reader, std::string_view text) {
  LogRecord record;
  record.captured_at = PacketTime(std::chrono::seconds(1'791'749'660));
  record.message = "untouched";
  std::vector<Field> fields;
  Result result;
  result.ok = reader.read(text, record, fields);
  if (!result.ok) {
    require(record.message == "untouched" && !record.severity && !record.facility && !record.sent);
    require(record.host.empty() && record.app.empty() && record.pid.empty() && record.fields.empty());
    return result;
  }
  require(!record.severity || static_cast<unsigned>(*record.severity) <= 7);
  require(!record.facility || *record.facility <= 23);
  require(record.fields.size() <= kMaxFields && fields.size() <= kMaxFields + 1);
  require(fields.size() <= kMaxFields || record.message == text);
  std::size_t values = record.host.size() + record.app.size() + record.pid.size();
  for (const std::string_view part : {record.host, record.app, record.pid, record.msgid, record.message}) {
    result.parts.emplace_back(part);
  }
  for (const Field& field : record.fields) {
    require(field.name.size() <= kMaxJsonName);
    values += field.value.size();
    result.parts.emplace_back(field.name);  // copies, so that a sanitizer sees dangling views
    result.parts.emplace_back(field.value);
  }
  require(values <= text.size() && record.message.size() <= text.size());  // unescaping only shortens
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr unsigned kFreshEvery = 64;  // a new reader costs as much as reading hundreds of messages
  static JsonReader used;
  static unsigned runs = 0;
  const std::string_view text = as_text({data, size});
  const Result result = read(used, text);
  if (runs++ % kFreshEvery == 0) require(read(*std::make_unique<JsonReader>(), text) == result);
  return 0;
}
