#include "daemon/format/json_line.hpp"

#include <absl/strings/escaping.h>

#include <algorithm>

#include "daemon/format/json_string.hpp"
#include "daemon/format/record_template.hpp"
#include "daemon/text/escape.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::format {
namespace {

void append_as_utf8(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const std::size_t length = text::utf8_length(text);
    out.append(length == 0 ? "\xef\xbf\xbd" : text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

// Appends one object to `out`. `scratch` is memory from one line to the next.
class LineWriter {
 public:
  LineWriter(std::string& out, std::string& scratch) : out_(out), scratch_(scratch) {}

  void write(const record::LogRecord& record, std::string_view filter, Author author, const TimeFormat& time);

 private:
  void open(char bracket) { out_.push_back(bracket); }
  void close(char bracket) { out_.push_back(bracket); }
  // Writes the comma before a member or an element, unless it is the first one.
  void separate() {
    if (out_.back() != '{' && out_.back() != '[') out_.push_back(',');
  }
  // A name of our own: nothing in it must be escaped.
  void key(std::string_view name) {
    separate();
    out_.push_back('"');
    out_.append(name);
    out_.append("\":");
  }
  // The value needs no escapes either.
  void set_plain(std::string_view name, std::string_view value) {
    key(name);
    out_.push_back('"');
    out_.append(value);
    out_.push_back('"');
  }
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
  void name(std::string_view name);     // of a field
  bool text(std::string_view value);    // returns false if it had to be made UTF-8
  void base64(std::string_view bytes);  // a value

  std::string& out_;
  std::string& scratch_;
};

bool LineWriter::text(std::string_view value) {
  const bool as_it_is = text::is_utf8(value);
  if (!as_it_is) {
    scratch_.clear();
    append_as_utf8(value, scratch_);
    value = scratch_;
  }
  append_json_string(value, out_);
  return as_it_is;
}

void LineWriter::base64(std::string_view bytes) {
  absl::Base64Escape(absl::string_view(bytes.data(), bytes.size()), &scratch_);
  append_json_string(scratch_, out_);
}

// A name that is not UTF-8 is escaped as in `text`, so that two names do not become one.
void LineWriter::name(std::string_view name) {
  separate();
  if (!text::is_utf8(name)) {
    scratch_.clear();
    text::append_escaped(name, scratch_);
    name = scratch_;
  }
  append_json_string(name, out_);
  out_.push_back(':');
}

void LineWriter::set_time(std::string_view name, const TimeFormat& format, PacketTime time) {
  key(name);
  out_.push_back('"');
  format.append(time, out_);
  out_.push_back('"');
}

void LineWriter::set_endpoint(std::string_view name, const Endpoint& endpoint) {
  key(name);
  out_.append("{\"addr\":\"");
  append_address(endpoint.address, out_);
  out_.append("\",\"port\":");
  append_port(endpoint.port, out_);
  close('}');
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
  open('{');
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    const auto same = [field](const record::Field& other) { return other.name == field->name; };
    if (std::any_of(fields.begin(), field, same)) continue;  // its value is written already
    const bool several = std::any_of(field + 1, fields.end(), same);
    const auto is_wanted = [&](const record::Field& other) { return same(other) && wanted(other.value); };
    if (several ? std::none_of(field, fields.end(), is_wanted) : !wanted(field->value)) continue;
    name(field->name);
    if (several) open('[');
    for (auto each = field; each != fields.end(); ++each) {
      if (!same(*each)) continue;
      if (each != field) separate();
      write(each->value);
    }
    if (several) close(']');
  }
  close('}');
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
          out_.append("null");
        } else {
          base64(value);
        }
      });
}

void LineWriter::write(const record::LogRecord& record, std::string_view filter, Author author,
                       const TimeFormat& time) {
  open('{');
  set_time("time", time, record.captured_at);
  set("filter", filter);
  if (author == Author::sender) {
    set_plain("protocol", to_string(record.flow.transport));
    set_endpoint("src", record.flow.src);
    set_endpoint("dst", record.flow.dst);
  }
  set("interface", record.interface);
  if (record.severity) set_plain("severity", record::to_string(*record.severity));
  if (record.facility) set("facility", facility_name(*record.facility));
  set("host", record.host);
  set("app", record.app);
  set("pid", record.pid);
  set("msgid", record.msgid);
  if (record.sent) set_time("sent", time, *record.sent);
  set_message(record.message, author);
  set_plain("integrity", to_string(record.integrity));
  set_fields(record.fields);
  close('}');
}

}  // namespace

void append_json(const record::LogRecord& record, std::string_view filter, Author author, const TimeFormat& time,
                 std::string& out) {
  constexpr std::size_t kKeptBytes = 1024 * 1024;
  static thread_local std::string scratch;
  LineWriter(out, scratch).write(record, filter, author, time);
  if (scratch.capacity() > kKeptBytes) std::string().swap(scratch);  // an assignment would keep the memory
}

}  // namespace logsniffd::format
