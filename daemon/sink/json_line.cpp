#include "daemon/sink/json_line.hpp"

#include <nlohmann/json.hpp>

#include "daemon/sink/record_template.hpp"

namespace logsniffd::sink {
namespace {

using Json = nlohmann::ordered_json;

void set(Json& object, const char* key, std::string_view value) {
  if (!value.empty()) object[key] = value;
}

std::string format(const TimeFormat& format, PacketTime time) {
  std::string text;
  format.append(time, text);
  return text;
}

Json endpoint(const Endpoint& endpoint) { return {{"addr", endpoint.address.to_string()}, {"port", endpoint.port}}; }

Json fields(std::span<const record::Field> fields) {
  Json object = Json::object();
  for (const record::Field& field : fields) {
    const std::string name(field.name);
    const auto earlier = object.find(name);
    if (earlier == object.end()) {
      object[name] = field.value;
    } else if (earlier->is_array()) {
      earlier->push_back(field.value);
    } else {
      *earlier = Json::array({*earlier, field.value});
    }
  }
  return object;
}

}  // namespace

void append_json(const record::LogRecord& record, std::string_view filter, const TimeFormat& time, std::string& out) {
  Json line;
  line["time"] = format(time, record.captured_at);
  set(line, "filter", filter);
  if (has_flow(record)) {
    line["protocol"] = to_string(record.flow.transport);
    line["src"] = endpoint(record.flow.src);
    line["dst"] = endpoint(record.flow.dst);
  }
  set(line, "interface", record.interface);
  if (record.severity) line["severity"] = record::to_string(*record.severity);
  if (record.facility) set(line, "facility", facility_name(*record.facility));
  set(line, "host", record.host);
  set(line, "app", record.app);
  set(line, "pid", record.pid);
  set(line, "msgid", record.msgid);
  if (record.sent) line["sent"] = format(time, *record.sent);
  line["message"] = record.message;
  line["integrity"] = to_string(record.integrity);
  if (!record.fields.empty()) line["fields"] = fields(record.fields);
  // `replace` leaves dump() nothing to throw for.
  out.append(line.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace logsniffd::sink
