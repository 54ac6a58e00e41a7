#include "daemon/sink/syslog_message.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "daemon/base/utf8.hpp"
#include "daemon/sink/record_format.hpp"
#include "daemon/sink/record_template.hpp"

namespace logsniffd::sink {
namespace {

constexpr std::uint8_t kUser = 1;
constexpr std::string_view kOwnName = "logsniffd";
constexpr std::string_view kOwnElement = "logsniffd@32473";  // the number that RFC 5612 keeps for use without one's own
constexpr std::string_view kTruncated = " [truncated]";

// RFC 5424, 6: the most characters of a header's words. RFC 3164 allows a tag of 32; receivers take 48.
constexpr std::size_t kMaxHost = 255;
constexpr std::size_t kMaxApp = 48;
constexpr std::size_t kMaxPid = 128;
constexpr std::size_t kMaxMsgid = 32;
constexpr std::size_t kMaxSdName = 32;

unsigned priority(const record::LogRecord& record) {
  const bool known = record.facility && *record.facility < record::kFacilityNames.size();
  const unsigned facility = known ? *record.facility : kUser;
  return facility * 8 + static_cast<unsigned>(record.severity.value_or(record::Severity::notice));
}

// PRINTUSASCII (RFC 5424, 6), less the `forbidden` ones.
void append_word(std::string_view word, std::size_t limit, std::string_view forbidden, std::string& out) {
  for (const char c : word.substr(0, limit)) {
    out.push_back(c > ' ' && c <= '~' && forbidden.find(c) == std::string_view::npos ? c : '_');
  }
}

void append_word_or_nil(std::string_view word, std::size_t limit, std::string& out) {
  append_word(word.empty() ? "-" : word, limit, {}, out);
}

// RFC 5424, 6.3.3: what is in `out` from `begin` on gets a backslash in front of '"', '\' and ']'.
void quote_from(std::size_t begin, std::string& out) {
  const auto is_quoted = [](char c) { return c == '"' || c == '\\' || c == ']'; };
  std::size_t from = out.size();
  std::size_t to = from;
  for (std::size_t i = begin; i < from; ++i) to += is_quoted(out[i]) ? 1U : 0U;
  out.resize(to);
  while (from != to) {  // from the back, so that nothing is overwritten that has still to move
    const char c = out[--from];
    out[--to] = c;
    if (is_quoted(c)) out[--to] = '\\';
  }
}

// What append_escaped() wrote from `begin` on has a backslash as two. One is enough where it could not be taken for the
// beginning of an escape, so that ordinary values, such as paths, stay what RFC 5424 says they are.
void simplify_from(std::size_t begin, std::string& out) {
  constexpr std::string_view kMeansMore = "nrtx\\";
  std::size_t to = begin;
  for (std::size_t from = begin; from < out.size();) {
    const char c = out[from++];
    out[to++] = c;
    if (c != '\\') continue;
    const char kind = out[from++];
    const bool ambiguous = from < out.size() && kMeansMore.find(out[from]) != std::string_view::npos;
    if (kind != '\\' || ambiguous) out[to++] = kind;
  }
  out.resize(to);
}

// The value is escaped, and that is quoted: both can be taken back.
void append_parameter(std::string_view name, std::string_view value, std::string& out) {
  out.push_back(' ');
  append_word(name, kMaxSdName, "=]\"", out);
  out.append("=\"");
  const std::size_t begin = out.size();
  append_escaped(value, out);
  simplify_from(begin, out);
  quote_from(begin, out);
  out.push_back('"');
}

// "SD-ID.NAME" as the record room names it; a name without SD-ID belongs to an element of our own.
struct FieldName {
  std::string_view element;
  std::string_view parameter;  // empty: the element has none
};

FieldName split(const record::Field& field) {
  const std::size_t at = field.name.find('@');
  const std::size_t dot = field.name.find('.', at == std::string_view::npos ? 0 : at);
  if (dot != std::string_view::npos) return {field.name.substr(0, dot), field.name.substr(dot + 1)};
  if (field.value.empty()) return {field.name, {}};
  return {kOwnElement, field.name};
}

void append_structured_data(const record::LogRecord& record, std::string& out) {
  const std::size_t begin = out.size();
  std::string_view open;  // the element that is being written
  const auto enter = [&](std::string_view element) {
    if (element == open) return;
    if (!open.empty()) out.push_back(']');
    out.push_back('[');
    append_word(element, kMaxSdName, "=]\"", out);
    open = element;
  };
  if (record.integrity != Integrity::whole) {
    enter(kOwnElement);
    append_parameter("integrity", to_string(record.integrity), out);
  }
  for (const record::Field& field : record.fields) {
    const FieldName name = split(field);
    if (name.element.empty()) continue;  // no SD-ID: not to be expressed
    enter(name.element);
    if (!name.parameter.empty()) append_parameter(name.parameter, field.value, out);
  }
  if (!open.empty()) out.push_back(']');
  if (out.size() == begin) out.push_back('-');
}

std::string host_name() {
  std::array<char, 256> name{};
  const bool known = ::gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0';
  return known ? name.data() : "localhost";
}

}  // namespace

SyslogMessage::SyslogMessage(SyslogProtocol protocol, bool local)
    : protocol_(protocol),
      local_(local),
      time_(protocol == SyslogProtocol::rfc5424 ? TimeFormat::rfc3339()
                                                : std::move(*TimeFormat::compile("%b %e %H:%M:%S"))),
      own_host_(host_name()) {}

bool SyslogMessage::append(const record::LogRecord& record, std::size_t limit, std::string& out) const {
  const std::size_t begin = out.size();
  const std::size_t text = append_whole(record, Fields::kept, out);
  if (out.size() - begin <= limit) return true;
  if (text - begin > limit / 2) {
    out.resize(begin);
    append_whole(record, Fields::left_out, out);
  }
  const std::string_view message = std::string_view(out).substr(begin);
  out.resize(begin + utf8_cut(message, std::min(message.size(), limit - kTruncated.size())));
  out.append(kTruncated);
  return false;
}

std::size_t SyslogMessage::append_whole(const record::LogRecord& record, Fields fields, std::string& out) const {
  fmt::format_to(std::back_inserter(out), "<{}>", priority(record));
  if (protocol_ == SyslogProtocol::rfc5424) {
    append_rfc5424(record, fields, out);
  } else {
    append_rfc3164(record, out);
  }
  const std::size_t text = out.size();
  append_escaped(record.message, out);
  return text;
}

void SyslogMessage::append_rfc3164(const record::LogRecord& record, std::string& out) const {
  time_.append(record.sent.value_or(record.captured_at), out);
  out.push_back(' ');
  if (!local_) {
    append_host(record, out);
    out.push_back(' ');
  }
  append_word(record.app.empty() ? kOwnName : record.app, kMaxApp, "[]:", out);
  if (!record.pid.empty()) {
    out.push_back('[');
    append_word(record.pid, kMaxPid, "[]:", out);
    out.push_back(']');
  }
  out.append(": ");
}

void SyslogMessage::append_rfc5424(const record::LogRecord& record, Fields fields, std::string& out) const {
  out.append("1 ");
  time_.append(record.sent.value_or(record.captured_at), out);
  out.push_back(' ');
  append_host(record, out);
  out.push_back(' ');
  append_word(record.app.empty() ? kOwnName : record.app, kMaxApp, {}, out);
  out.push_back(' ');
  append_word_or_nil(record.pid, kMaxPid, out);
  out.push_back(' ');
  append_word_or_nil(record.msgid, kMaxMsgid, out);
  out.push_back(' ');
  if (fields == Fields::kept) {
    append_structured_data(record, out);
  } else {
    out.push_back('-');
  }
  out.push_back(' ');
}

void SyslogMessage::append_host(const record::LogRecord& record, std::string& out) const {
  if (!record.host.empty()) return append_word(record.host, kMaxHost, {}, out);
  out.append(has_flow(record) ? record.flow.src.address.to_string() : own_host_);
}

}  // namespace logsniffd::sink
