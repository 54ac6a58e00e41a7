// A template such as '{time} {src} {message}': literal text and the fields of a record, in the written order.
//
// THREAD  immutable after parse().
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/format/time_format.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::format {

enum class TemplateField : std::uint8_t {
  literal,
  time,
  sent,
  filter,
  protocol,
  src,
  src_addr,
  src_port,
  dst,
  dst_addr,
  dst_port,
  interface,
  severity,
  facility,
  host,
  app,
  pid,
  msgid,
  message,
  integrity,
  decoded,  // {field.NAME}
};

struct TemplatePiece {
  TemplateField field = TemplateField::literal;
  std::string text;                // the literal, or NAME
  std::optional<TimeFormat> time;  // of time and sent
};

class RecordTemplate {
 public:
  // Fails (usage) on an unknown field, with the nearest name; on an unmatched brace, and on a literal control character
  // other than a tab.
  [[nodiscard]] static Expected<RecordTemplate> parse(std::string_view text);

  // No line of a sender contains the beginning of a marker, however its values are combined (marker.hpp).
  void append(const record::LogRecord& record, std::string_view filter, std::string& out) const;
  // Appends one of the daemon's own lines.
  void append_notice(const record::LogRecord& notice, std::string& out) const;

  // Never two literals in a row.
  [[nodiscard]] std::span<const TemplatePiece> pieces() const { return pieces_; }
  [[nodiscard]] bool has(TemplateField field) const;
  [[nodiscard]] bool has_fields() const;

 private:
  std::vector<TemplatePiece> pieces_;
  bool several_values_ = false;  // of the sender, in one line
};

// Appends what the piece stands for, escaped (append_escaped); nothing if the record has no such value. The caller must
// handle a value that could be taken for a marker.
void append_piece(const TemplatePiece& piece, const record::LogRecord& record, std::string_view filter,
                  std::string& out);

void append_address(const Address& address, std::string& out);
void append_port(std::uint16_t port, std::string& out);

// The facility's keyword; "" if the number has none.
[[nodiscard]] std::string_view facility_name(std::uint8_t facility);

// False for the daemon's own lines, which did not come from a packet.
[[nodiscard]] inline bool has_flow(const record::LogRecord& record) { return record.flow != Flow{}; }

}  // namespace logsniffd::format
