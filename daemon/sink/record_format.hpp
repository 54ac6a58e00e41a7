// How a record becomes a line: `text`, `json`, `raw`, or a template such as '{time} {src} {message}'
// (docs/configuration.md, FORMAT).
//
// One record is one line, whatever its bytes: in text and templates control characters (and DEL, and bytes that are no
// UTF-8) are escaped reversibly as \n \r \t \xHH, and the backslash as \\; in json as JSON does, with bytes that are no
// UTF-8 replaced by U+FFFD, and such a message or value of a field once more in base64. `raw` alone is verbatim. Loss
// markers begin with "logsniffd: ", and in no other line but those of `raw` does a message begin like that
// (marker.hpp).
//
// THREAD  immutable after compile(); format() may run on any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "daemon/base/error.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::sink {

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

  // Appends a loss marker (loss_notice.hpp) and a LF; what only a packet can tell (src, host, ...) is absent.
  void append_notice(std::string_view text, PacketTime when, std::string& out) const;

  // True for `raw`: a line is the message and a LF, so a batch's message runs can be written as they lie.
  [[nodiscard]] bool is_raw() const;
  // True for a template without any field, whose output is always the same.
  [[nodiscard]] bool is_constant() const;

 private:
  struct Compiled;
  explicit RecordFormat(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace logsniffd::sink
