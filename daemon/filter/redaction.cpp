#include "daemon/filter/redaction.hpp"

namespace logsniffd::filter {

Expected<Redaction> Redaction::compile(const std::vector<RedactRule>& rules) {
  Redaction result;
  for (const auto& [expression, with] : rules) {
    auto replacement = pattern::Replacement::compile(expression, with);
    if (!replacement) return fail(std::move(replacement.error()));
    result.replacements_.push_back(std::move(*replacement));
  }
  return result;
}

record::LogRecord Redaction::apply(const record::LogRecord& record, RedactedText& text) const {
  record::LogRecord redacted = record;
  std::size_t next = 0;
  for (std::string_view* value : {&redacted.message, &redacted.host, &redacted.app, &redacted.pid, &redacted.msgid}) {
    apply_to(*value, text.values[next++]);
  }
  text.fields.assign(record.fields.begin(), record.fields.end());
  if (text.field_values.size() < text.fields.size()) text.field_values.resize(text.fields.size());
  for (std::size_t i = 0; i < text.fields.size(); ++i) apply_to(text.fields[i].value, text.field_values[i]);
  redacted.fields = text.fields;
  return redacted;
}

void Redaction::apply_to(std::string_view& value, std::string& storage) const {
  for (const pattern::Replacement& replacement : replacements_) {
    if (replacement.apply(value, storage)) value = storage;
  }
}

}  // namespace logsniffd::filter
