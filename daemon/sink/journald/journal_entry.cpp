#include "daemon/sink/journald/journal_entry.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "daemon/format/journal_field.hpp"
#include "daemon/format/marker.hpp"
#include "daemon/format/record_template.hpp"

namespace logsniffd::sink::journald {
namespace {

using format::append_journal_field;

constexpr std::string_view kDecodedPrefix = "LOGSNIFFD_FIELD_";
constexpr std::uint8_t kLocal0 = 16;
constexpr std::size_t kMaxName = 64;  // journald drops a field with a longer name

void append_present(std::string_view name, std::string_view value, std::string& out) {
  if (!value.empty()) append_journal_field(name, value, out);
}

void append_time(std::string_view name, const format::TimeFormat& format, PacketTime time, std::string& out) {
  out.append(name).push_back('=');
  format.append(time, out);
  out.push_back('\n');
}

std::string decoded_name(std::string_view name) {
  std::string upper(kDecodedPrefix);
  for (const char c : name.substr(0, kMaxName - kDecodedPrefix.size())) {
    const bool digit_or_upper = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    const bool lower = c >= 'a' && c <= 'z';
    upper.push_back(digit_or_upper ? c : lower ? static_cast<char>(c - 'a' + 'A') : '_');
  }
  return upper;
}

void append_facility(std::uint8_t facility, std::string& out) {
  if (facility >= kLocal0) {
    append_journal_field("SYSLOG_FACILITY", fmt::format_int(unsigned{facility}).c_str(), out);
  } else {
    append_present("LOGSNIFFD_FACILITY", format::facility_name(facility), out);
  }
}

// journalctl shows the message after the identifier.
void append_message_field(std::string_view identifier, std::string_view message, std::string& out) {
  const bool misleading = format::begins_as_marker(message) ||
                          (identifier.ends_with(format::kOwnName) && format::continues_as_marker(message));
  if (!misleading) [[likely]]
    return append_journal_field("MESSAGE", message, out);
  std::string harmless;
  format::append_first_escaped(message, harmless);
  append_journal_field("MESSAGE", harmless, out);
  append_journal_field("LOGSNIFFD_MESSAGE", message, out);
}

}  // namespace

std::string JournalEntry::identifier_of(const record::LogRecord& record, std::string_view filter) const {
  std::string identifier;
  identifier_.append(record, filter, identifier);
  return identifier.empty() ? std::string(format::kOwnName) : identifier;
}

void JournalEntry::append(const record::LogRecord& record, std::string_view filter, std::string& out) const {
  const std::string identifier = identifier_of(record, filter);
  append_message_field(identifier, record.message, out);
  // If the sender gave none: info, which journald itself uses for lines without a priority.
  const auto priority = static_cast<unsigned>(record.severity.value_or(record::Severity::info));
  append_journal_field("PRIORITY", fmt::format_int(priority).c_str(), out);
  append_journal_field("SYSLOG_IDENTIFIER", identifier, out);
  if (record.facility) append_facility(*record.facility, out);
  append_present("SYSLOG_PID", record.pid, out);
  if (record.sent) append_time("SYSLOG_TIMESTAMP", time_, *record.sent, out);

  append_present("LOGSNIFFD_FILTER", filter, out);
  append_present("LOGSNIFFD_HOST", record.host, out);
  append_present("LOGSNIFFD_MSGID", record.msgid, out);
  append_journal_field("LOGSNIFFD_PROTOCOL", to_string(record.flow.transport), out);
  append_journal_field("LOGSNIFFD_SRC", record.flow.src.to_string(), out);
  append_journal_field("LOGSNIFFD_DST", record.flow.dst.to_string(), out);
  append_present("LOGSNIFFD_INTERFACE", record.interface, out);
  if (record.integrity != Integrity::whole)
    append_journal_field("LOGSNIFFD_INTEGRITY", to_string(record.integrity), out);
  append_time("LOGSNIFFD_CAPTURED_AT", time_, record.captured_at, out);
  for (const record::Field& field : record.fields) append_journal_field(decoded_name(field.name), field.value, out);
}

void JournalEntry::append_notice(std::string_view text, PacketTime when, std::string& out) const {
  append_journal_field("MESSAGE", text, out);
  append_journal_field("PRIORITY", fmt::format_int(static_cast<unsigned>(record::Severity::warning)).c_str(), out);
  append_journal_field("SYSLOG_IDENTIFIER", identifier_of({}, {}), out);
  append_journal_field("LOGSNIFFD_INTEGRITY", to_string(Integrity::gap), out);
  append_time("LOGSNIFFD_CAPTURED_AT", time_, when, out);
}

}  // namespace logsniffd::sink::journald
