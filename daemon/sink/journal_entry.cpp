#include "daemon/sink/journal_entry.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "daemon/sink/record_template.hpp"

namespace logsniffd::sink {
namespace {

constexpr std::string_view kOwnName = "logsniffd";
constexpr std::string_view kDecodedPrefix = "LOGSNIFFD_FIELD_";
constexpr std::size_t kMaxName = 64;  // journald drops a field with a longer name

void append_length(std::uint64_t length, std::string& out) {
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>(length >> shift & 0xff));
}

void append_field(std::string_view name, std::string_view value, std::string& out) {
  out.append(name);
  if (value.find('\n') == std::string_view::npos) {
    out.push_back('=');
  } else {
    out.push_back('\n');
    append_length(value.size(), out);
  }
  out.append(value).push_back('\n');
}

void append_present(std::string_view name, std::string_view value, std::string& out) {
  if (!value.empty()) append_field(name, value, out);
}

void append_time(std::string_view name, const TimeFormat& format, PacketTime time, std::string& out) {
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

}  // namespace

void JournalEntry::append(const record::LogRecord& record, std::string_view filter, std::string& out) const {
  append_field("MESSAGE", record.message, out);
  // Where the sender gave none: info, as journald itself has it for lines without.
  const auto priority = static_cast<unsigned>(record.severity.value_or(record::Severity::info));
  append_field("PRIORITY", fmt::format_int(priority).c_str(), out);

  std::string identifier;
  identifier_.append(record, filter, identifier);
  append_field("SYSLOG_IDENTIFIER", identifier.empty() ? kOwnName : identifier, out);
  if (record.facility) append_field("SYSLOG_FACILITY", fmt::format_int(unsigned{*record.facility}).c_str(), out);
  append_present("SYSLOG_PID", record.pid, out);
  if (record.sent) append_time("SYSLOG_TIMESTAMP", time_, *record.sent, out);

  append_present("LOGSNIFFD_FILTER", filter, out);
  append_present("LOGSNIFFD_HOST", record.host, out);
  append_present("LOGSNIFFD_MSGID", record.msgid, out);
  if (has_flow(record)) {
    append_field("LOGSNIFFD_PROTOCOL", to_string(record.flow.transport), out);
    append_field("LOGSNIFFD_SRC", record.flow.src.to_string(), out);
    append_field("LOGSNIFFD_DST", record.flow.dst.to_string(), out);
  }
  append_present("LOGSNIFFD_INTERFACE", record.interface, out);
  if (record.integrity != Integrity::whole) append_field("LOGSNIFFD_INTEGRITY", to_string(record.integrity), out);
  append_time("LOGSNIFFD_CAPTURED_AT", time_, record.captured_at, out);
  for (const record::Field& field : record.fields) append_field(decoded_name(field.name), field.value, out);
}

}  // namespace logsniffd::sink
