// The key `redact`: what must not be seen in any output.
//
//   redact: [{pattern: '(?i)password=\S+', with: 'password=***'}]
//
// It applies to the message, to the values of all fields, and to host, app, pid and msgid; one replacement after the other.
//
// THREAD  immutable after compile(); any.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/pattern/replacement.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::filter {

// As the configuration writes it.
struct RedactRule {
  std::string pattern;
  std::string with = "***";
};

// What a redacted record consists of, reused from record to record.
struct RedactedText {
  std::array<std::string, 5> values;
  std::vector<std::string> field_values;
  std::vector<record::Field> fields;
};

class Redaction {
 public:
  // Fails (usage) with what is wrong.
  static Expected<Redaction> compile(const std::vector<RedactRule>& rules);

  [[nodiscard]] bool empty() const { return replacements_.empty(); }
  // The record without what must not be seen. LIFETIME: as `record` and `text`, up to the next call with this `text`.
  [[nodiscard]] record::LogRecord apply(const record::LogRecord& record, RedactedText& text) const;

 private:
  void apply_to(std::string_view& value, std::string& storage) const;

  std::vector<pattern::Replacement> replacements_;
};

}  // namespace logsniffd::filter
