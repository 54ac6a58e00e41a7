// How a record becomes a line: `text`, `json`, `raw`, or a template such as '{time} {src} {message}'
// (docs/configuration.md, FORMAT).
//
// One record is one line, whatever its bytes. In text and templates, control characters, DEL and bytes that are not
// UTF-8 are escaped reversibly as \n \r \t \xHH, and the backslash as \\. JSON has its own escapes; bytes that are not
// UTF-8 are replaced by U+FFFD, and such a message or field value is repeated in base64. Only `raw` is verbatim. Loss
// markers begin with "logsniffd: ", and except in `raw` no other line has a message that begins like that (marker.hpp).
//
// THREAD  immutable after compile(); append_line(), append() and append_notice() may run on any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "daemon/base/error.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::format {

class RecordFormat {
 public:
  // "text", "json", "raw" or a template. An unknown field fails (usage) with the nearest name: "{mesage}: unknown field
  // (did you mean 'message'?)".
  static Expected<RecordFormat> compile(std::string_view format);

  RecordFormat(RecordFormat&&) noexcept;
  RecordFormat& operator=(RecordFormat&&) noexcept;
  ~RecordFormat();

  // Appends the record and a LF to `out`.
  void append_line(const record::LogRecord& record, std::string_view filter, std::string& out) const;
  // Appends the record without a LF: for paths and identifiers.
  void append(const record::LogRecord& record, std::string_view filter, std::string& out) const;

  // Appends a loss marker (loss_notice.hpp) and a LF. Values that only a packet can give (src, host, ...) are absent.
  void append_notice(std::string_view text, PacketTime when, std::string& out) const;

  // True for `raw`: a line is the message and a LF, so a batch's message runs can be written as they lie.
  [[nodiscard]] bool is_raw() const;
  // True for a template without fields, whose output is always the same.
  [[nodiscard]] bool is_constant() const;

 private:
  struct Compiled;
  explicit RecordFormat(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace logsniffd::format
