#include "daemon/format/json_line.hpp"

#include <absl/strings/escaping.h>
// Without RAPIDJSON_SSE2: in version 1.1.0 it leaves U+001A to U+001F unescaped.
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

#include "daemon/format/record_template.hpp"
#include "daemon/text/escape.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::format {
namespace {

constexpr std::size_t kKeptBytes = 1024 * 1024;  // from one line to the next

void append_as_utf8(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const std::size_t length = text::utf8_length(text);
    out.append(length == 0 ? "\xef\xbf\xbd" : text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

// Writes one object after another, reusing the memory of the previous one.
class LineWriter {
 public:
  void write(const record::LogRecord& record, std::string_view filter, Author author, const TimeFormat& time,
             std::string& out);

 private:
  void set(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    text(value);
  }
  void set_time(std::string_view name, const TimeFormat& format, PacketTime time);
  void set_endpoint(std::string_view name, const Endpoint& endpoint);
  void set_message(std::string_view message, Author author);
  void set_fields(std::span<const record::Field> fields);
  template <class Wanted, class Write>
  void set_by_name(std::span<const record::Field> fields, Wanted wanted, Write write);
  void key(std::string_view name) { json_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void name(std::string_view name);     // of a field
  bool text(std::string_view value);    // returns false if it had to be made UTF-8
  void base64(std::string_view bytes);  // a value

  rapidjson::StringBuffer line_;
  rapidjson::Writer<rapidjson::StringBuffer> json_;
  std::string scratch_;
};

bool LineWriter::text(std::string_view value) {
  const bool as_it_is = text::is_utf8(value);
  if (!as_it_is) {
    scratch_.clear();
    append_as_utf8(value, scratch_);
    value = scratch_;
  }
  json_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  return as_it_is;
}

void LineWriter::base64(std::string_view bytes) {
  absl::Base64Escape(absl::string_view(bytes.data(), bytes.size()), &scratch_);
  json_.String(scratch_.data(), static_cast<rapidjson::SizeType>(scratch_.size()));
}

// A name that is not UTF-8 is escaped as in `text`, so that two names do not become one.
void LineWriter::name(std::string_view name) {
  if (text::is_utf8(name)) return key(name);
  scratch_.clear();
  text::append_escaped(name, scratch_);
  key(scratch_);
}

void LineWriter::set_time(std::string_view name, const TimeFormat& format, PacketTime time) {
  scratch_.clear();
  format.append(time, scratch_);
  set(name, scratch_);
}

void LineWriter::set_endpoint(std::string_view name, const Endpoint& endpoint) {
  key(name);
  json_.StartObject();
  scratch_.clear();
  append_address(endpoint.address, scratch_);
  set("addr", scratch_);
  key("port");
  json_.Uint(endpoint.port);
  json_.EndObject();
}

void LineWriter::set_message(std::string_view message, Author author) {
  key("message");
  if (author == Author::sender && begins_as_marker(message)) [[unlikely]] {
    std::string harmless;
    append_first_escaped(message, harmless);
    text(harmless);
  } else if (text(message)) {
    return;
  }
  key("message_base64");
  base64(message);
}

// Writes the values of each name; several values of one name become an array.
template <class Wanted, class Write>
void LineWriter::set_by_name(std::span<const record::Field> fields, Wanted wanted, Write write) {
  json_.StartObject();
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    const auto same = [field](const record::Field& other) { return other.name == field->name; };
    if (std::any_of(fields.begin(), field, same)) continue;  // its value is written already
    const bool several = std::any_of(field + 1, fields.end(), same);
    const auto is_wanted = [&](const record::Field& other) { return same(other) && wanted(other.value); };
    if (several ? std::none_of(field, fields.end(), is_wanted) : !wanted(field->value)) continue;
    name(field->name);
    if (several) json_.StartArray();
    for (auto each = field; each != fields.end(); ++each) {
      if (same(*each)) write(each->value);
    }
    if (several) json_.EndArray();
  }
  json_.EndObject();
}

void LineWriter::set_fields(std::span<const record::Field> fields) {
  if (fields.empty()) return;
  key("fields");
  bool as_they_are = true;
  set_by_name(
      fields, [](std::string_view) { return true; },
      [&](std::string_view value) { as_they_are = text(value) && as_they_are; });
  if (as_they_are) return;
  key("fields_base64");
  set_by_name(
      fields, [](std::string_view value) { return !text::is_utf8(value); },
      [this](std::string_view value) {
        if (text::is_utf8(value)) {
          json_.Null();
        } else {
          base64(value);
        }
      });
}

void LineWriter::write(const record::LogRecord& record, std::string_view filter, Author author, const TimeFormat& time,
                       std::string& out) {
  line_.Clear();
  json_.Reset(line_);
  json_.StartObject();
  set_time("time", time, record.captured_at);
  set("filter", filter);
  if (author == Author::sender) {
    set("protocol", to_string(record.flow.transport));
    set_endpoint("src", record.flow.src);
    set_endpoint("dst", record.flow.dst);
  }
  set("interface", record.interface);
  if (record.severity) set("severity", record::to_string(*record.severity));
  if (record.facility) set("facility", facility_name(*record.facility));
  set("host", record.host);
  set("app", record.app);
  set("pid", record.pid);
  set("msgid", record.msgid);
  if (record.sent) set_time("sent", time, *record.sent);
  set_message(record.message, author);
  set("integrity", to_string(record.integrity));
  set_fields(record.fields);
  json_.EndObject();
  out.append(line_.GetString(), line_.GetSize());
  if (line_.GetSize() > kKeptBytes) line_ = {};
}

}  // namespace

void append_json(const record::LogRecord& record, std::string_view filter, Author author, const TimeFormat& time,
                 std::string& out) {
  static thread_local LineWriter writer;
  writer.write(record, filter, author, time, out);
}

}  // namespace logsniffd::format
