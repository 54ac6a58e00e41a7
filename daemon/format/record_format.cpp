#include "daemon/format/record_format.hpp"

#include <optional>

#include "daemon/format/json_line.hpp"
#include "daemon/format/record_template.hpp"
#include "daemon/format/time_format.hpp"
#include "daemon/text/escape.hpp"

namespace logsniffd::format {
namespace {

constexpr std::string_view kText = "{time:%H:%M:%S.%f} {message}";

}  // namespace

struct RecordFormat::Compiled {
  std::optional<RecordTemplate> fields;  // absent: raw or json
  std::optional<TimeFormat> json_time;   // present: json
};

RecordFormat::RecordFormat(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
RecordFormat::RecordFormat(RecordFormat&&) noexcept = default;
RecordFormat& RecordFormat::operator=(RecordFormat&&) noexcept = default;
RecordFormat::~RecordFormat() = default;

Expected<RecordFormat> RecordFormat::compile(std::string_view format) {
  auto compiled = std::make_unique<Compiled>();
  if (format == "json") {
    compiled->json_time = TimeFormat::rfc3339();
  } else if (format != "raw") {
    auto fields = RecordTemplate::parse(format == "text" ? kText : format);
    if (!fields) return fail(std::move(fields.error()));
    compiled->fields = std::move(*fields);
  }
  return RecordFormat(std::move(compiled));
}

void RecordFormat::append_line(const record::LogRecord& record, std::string_view filter, std::string& out) const {
  append(record, filter, out);
  out.push_back('\n');
}

void RecordFormat::append(const record::LogRecord& record, std::string_view filter, std::string& out) const {
  if (compiled_->fields) {
    compiled_->fields->append(record, filter, out);
  } else if (compiled_->json_time) {
    append_json(record, filter, Author::sender, *compiled_->json_time, out);
  } else {
    out.append(record.message);
  }
}

void RecordFormat::append_notice(std::string_view text, PacketTime when, std::string& out) const {
  record::LogRecord notice;
  notice.captured_at = when;
  notice.integrity = Integrity::gap;
  notice.message = text;
  if (compiled_->json_time) {
    append_json(notice, {}, Author::daemon, *compiled_->json_time, out);
  } else if (compiled_->fields && compiled_->fields->has(TemplateField::message)) {
    compiled_->fields->append_notice(notice, out);
  } else {
    text::append_escaped(text, out);
  }
  out.push_back('\n');
}

bool RecordFormat::is_raw() const { return !compiled_->fields && !compiled_->json_time; }

bool RecordFormat::is_constant() const { return compiled_->fields && !compiled_->fields->has_fields(); }

}  // namespace logsniffd::format
