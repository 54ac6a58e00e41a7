#include "daemon/sink/syslog/syslog_message.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "daemon/format/record_template.hpp"
#include "daemon/sink/syslog/printable_word.hpp"
#include "daemon/sink/syslog/sd_element.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::sink::syslog {
namespace {

constexpr std::uint8_t kUser = 1;
constexpr std::uint8_t kLocal0 = 16;
constexpr std::string_view kTruncated = " [truncated]";

// RFC 5424, 6: the maximum lengths of a header's words. RFC 3164 allows a tag of 32; receivers take 48.
constexpr std::size_t kMaxHost = 255;
constexpr std::size_t kMaxApp = 48;
constexpr std::size_t kMaxPid = 128;
constexpr std::size_t kMaxMsgid = 32;
constexpr std::string_view kNotInTag = "[]:";
constexpr std::string_view kNotInSource = "[]=\"\\";

void append_word_or_nil(std::string_view word, std::size_t limit, std::string& out) {
  append_word(word.empty() ? "-" : word, limit, {}, out);
}

std::string host_name() {
  std::array<char, 256> name{};
  const bool known = ::gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0';
  return known ? name.data() : "localhost";
}

}  // namespace

SyslogMessage::SyslogMessage(SyslogProtocol protocol, bool local, SyslogIdentity identity)
    : protocol_(protocol),
      local_(local),
      trust_(identity.trust),
      facility_(identity.facility.value_or(identity.trust ? kUser : kLocal0)),
      tag_(std::move(identity.tag)),
      time_(protocol == SyslogProtocol::rfc5424 ? format::TimeFormat::rfc3339()
                                                : std::move(*format::TimeFormat::compile("%b %e %H:%M:%S"))),
      own_host_(host_name()) {}

bool SyslogMessage::append(const record::LogRecord& record, format::Author author, std::size_t limit,
                           std::string& out) const {
  const std::size_t begin = out.size();
  const Line line{record, author, author == format::Author::sender && !trust_};
  const std::size_t text = append_whole(line, Fields::kept, out);
  if (out.size() - begin <= limit) return true;
  if (text - begin > limit / 2) {
    out.resize(begin);
    append_whole(line, Fields::left_out, out);
  }
  const std::string_view message = std::string_view(out).substr(begin);
  out.resize(begin + text::utf8_cut(message, std::min(message.size(), limit - kTruncated.size())));
  out.append(kTruncated);
  return false;
}

std::size_t SyslogMessage::append_whole(const Line& line, Fields fields, std::string& out) const {
  fmt::format_to(std::back_inserter(out), "<{}>", priority(line));
  if (protocol_ == SyslogProtocol::rfc5424) {
    append_rfc5424(line, fields, out);
  } else {
    append_rfc3164(line, out);
  }
  const std::size_t text = out.size();
  append_text(line, out);
  return text;
}

unsigned SyslogMessage::priority(const Line& line) const {
  const std::optional<std::uint8_t> known = line.stripped ? std::nullopt : line.record.facility;
  const unsigned facility = known && *known < record::kFacilityNames.size() ? *known : facility_;
  return facility * 8 + static_cast<unsigned>(line.record.severity.value_or(record::Severity::notice));
}

std::string_view SyslogMessage::tag(const Line& line) const {
  return line.stripped || line.record.app.empty() ? std::string_view(tag_) : line.record.app;
}

void SyslogMessage::append_rfc3164(const Line& line, std::string& out) const {
  const record::LogRecord& record = line.record;
  time_.append(record.sent.value_or(record.captured_at), out);
  out.push_back(' ');
  if (!local_) {
    append_host(line, out);
    out.push_back(' ');
  }
  append_word(tag(line), kMaxApp, kNotInTag, out);
  if (!line.stripped && !record.pid.empty()) {
    out.push_back('[');
    append_word(record.pid, kMaxPid, kNotInTag, out);
    out.push_back(']');
  }
  out.append(": ");
  if (!line.stripped) return;
  out.push_back('[');
  append_source(record, {}, out);
  out.append("] ");
}

void SyslogMessage::append_rfc5424(const Line& line, Fields fields, std::string& out) const {
  const record::LogRecord& record = line.record;
  const auto append_senders = [&](std::string_view word, std::size_t limit) {
    append_word_or_nil(line.stripped ? std::string_view() : word, limit, out);
    out.push_back(' ');
  };
  out.append("1 ");
  time_.append(record.sent.value_or(record.captured_at), out);
  out.push_back(' ');
  append_host(line, out);
  out.push_back(' ');
  append_word(tag(line), kMaxApp, {}, out);
  out.push_back(' ');
  append_senders(record.pid, kMaxPid);
  append_senders(record.msgid, kMaxMsgid);
  const std::size_t begin = out.size();
  append_own_element(line, out);
  if (fields == Fields::kept) append_elements(record.fields, out);
  if (out.size() == begin) out.push_back('-');
  out.push_back(' ');
}

void SyslogMessage::append_host(const Line& line, std::string& out) const {
  const record::LogRecord& record = line.record;
  if (line.author == format::Author::daemon) {
    out.append(own_host_);
  } else if (line.stripped || record.host.empty()) {
    format::append_address(record.flow.src.address, out);
  } else {
    append_word(record.host, kMaxHost, {}, out);
  }
}

// "src.addr=10.0.0.1 facility=authpriv host=web1 app=sshd": what the header does not say of the source. `quote`
// surrounds each value.
void SyslogMessage::append_source(const record::LogRecord& record, std::string_view quote, std::string& out) {
  out.append("src.addr=").append(quote);
  format::append_address(record.flow.src.address, out);
  out.append(quote);
  const auto append_named = [&](std::string_view name, std::string_view word, std::size_t limit) {
    if (word.empty()) return;
    out.append(1, ' ').append(name).append(1, '=').append(quote);
    append_word(word, limit, kNotInSource, out);
    out.append(quote);
  };
  if (record.facility) append_named("facility", format::facility_name(*record.facility), kMaxApp);
  append_named("host", record.host, kMaxHost);
  append_named("app", record.app, kMaxApp);
  append_named("pid", record.pid, kMaxPid);
  append_named("msgid", record.msgid, kMaxMsgid);
}

// What the daemon itself knows of the record.
void SyslogMessage::append_own_element(const Line& line, std::string& out) {
  const bool broken = line.record.integrity != Integrity::whole;
  if (!broken && !line.stripped) return;
  out.append(1, '[').append(kOwnElement);
  if (broken) out.append(" integrity=\"").append(to_string(line.record.integrity)).append(1, '"');
  if (line.stripped) append_source(line.record, "\"", out.append(1, ' '));
  out.push_back(']');
}

// After the tag "logsniffd: " a number of records would read like a marker.
void SyslogMessage::append_text(const Line& line, std::string& out) const {
  const std::string_view message = line.record.message;
  if (line.author == format::Author::daemon) {
    text::append_escaped(message, out);
  } else if (tag(line).ends_with(format::kOwnName) && format::continues_as_marker(message)) {
    format::append_first_escaped(message, out);
  } else {
    format::append_message(message, out);
  }
}

}  // namespace logsniffd::sink::syslog
