#include "daemon/format/record_template.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "daemon/base/nearest.hpp"
#include "daemon/format/marker.hpp"
#include "daemon/text/escape.hpp"

namespace logsniffd::format {
namespace {

// In the order of TemplateField, starting with `time`.
constexpr std::array<std::string_view, 19> kNames{
    "time",      "sent",     "filter",   "protocol", "src", "src.addr", "src.port", "dst",     "dst.addr", "dst.port",
    "interface", "severity", "facility", "host",     "app", "pid",      "msgid",    "message", "integrity"};
constexpr std::string_view kDecodedPrefix = "field.";

bool takes_time_format(TemplateField field) { return field == TemplateField::time || field == TemplateField::sent; }

tl::unexpected<Error> refuse(std::string_view what, std::string_view why) {
  return fail(Error::usage(fmt::format("{}: {}", what, why)));
}

// `inside` is what stands between the braces.
Expected<TemplatePiece> parse_field(std::string_view inside) {
  const std::string shown = fmt::format("{{{}}}", inside.substr(0, 64));
  if (inside.empty()) return refuse(shown, "does not name a field; use one such as {message}, or {{ and }} for braces");
  TemplatePiece piece;
  if (inside.starts_with(kDecodedPrefix)) {
    piece.field = TemplateField::decoded;
    piece.text = inside.substr(kDecodedPrefix.size());
    if (piece.text.empty()) return refuse(shown, "does not name a field of the sender; use {field.NAME}");
    return piece;
  }
  const std::size_t colon = inside.find(':');
  const std::string_view name = inside.substr(0, colon);
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) {
    const std::string hint = did_you_mean(name, kNames);
    return refuse(shown, "unknown field" + (hint.empty() ? "; use " + any_of(kNames) + ", or field.NAME" : hint));
  }
  piece.field = static_cast<TemplateField>(found - kNames.begin() + 1);
  const bool has_format = colon != std::string_view::npos;
  if (!takes_time_format(piece.field)) {
    if (has_format) return refuse(shown, "does not take a format after ':'; only time and sent do");
    return piece;
  }
  const std::string_view format = has_format ? inside.substr(colon + 1) : TimeFormat::kRfc3339;
  if (format.empty()) return refuse(shown, "has no format after ':'; add one, such as {time:%H:%M:%S}");
  auto time = TimeFormat::compile(format);
  if (!time) return refuse(shown, time.error().message());
  piece.time = std::move(*time);
  return piece;
}

char* write_octet(std::uint8_t value, char* to) {
  if (value >= 100) *to++ = static_cast<char>('0' + value / 100);
  if (value >= 10) *to++ = static_cast<char>('0' + value / 10 % 10);
  *to++ = static_cast<char>('0' + value % 10);
  return to;
}

void append_endpoint(const Endpoint& endpoint, std::string& out) {
  const bool brackets = !endpoint.address.is_ipv4();
  if (brackets) out.push_back('[');
  append_address(endpoint.address, out);
  out.append(brackets ? "]:" : ":");
  append_port(endpoint.port, out);
}

std::string_view decoded_value(const record::LogRecord& record, std::string_view name) {
  const auto found = std::find_if(record.fields.begin(), record.fields.end(),
                                  [name](const record::Field& field) { return field.name == name; });
  return found == record.fields.end() ? std::string_view() : found->value;
}

bool is_senders(TemplateField field) {
  switch (field) {
    case TemplateField::host:
    case TemplateField::app:
    case TemplateField::pid:
    case TemplateField::msgid:
    case TemplateField::message:
    case TemplateField::decoded:
      return true;
    default:
      return false;
  }
}

// REQUIRED: is_senders(piece.field).
std::string_view senders_value(const TemplatePiece& piece, const record::LogRecord& record) {
  switch (piece.field) {
    case TemplateField::host:
      return record.host;
    case TemplateField::app:
      return record.app;
    case TemplateField::pid:
      return record.pid;
    case TemplateField::msgid:
      return record.msgid;
    case TemplateField::decoded:
      return decoded_value(record, piece.text);
    default:
      return record.message;
  }
}

}  // namespace

void append_address(const Address& address, std::string& out) {
  if (!address.is_ipv4()) {
    out.append(address.to_string());
    return;
  }
  std::array<char, sizeof "255.255.255.255."> text;
  char* end = text.data();
  for (const std::uint8_t octet : address.bytes().last(4)) {
    end = write_octet(octet, end);
    *end++ = '.';
  }
  out.append(text.data(), end - 1);
}

void append_port(std::uint16_t port, std::string& out) {
  fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}"), port);
}

std::string_view facility_name(std::uint8_t facility) {
  return facility < record::kFacilityNames.size() ? record::kFacilityNames[facility] : std::string_view();
}

Expected<RecordTemplate> RecordTemplate::parse(std::string_view text) {
  RecordTemplate parsed;
  std::string literal;
  const auto end_literal = [&] {
    if (!literal.empty()) parsed.pieces_.push_back({TemplateField::literal, std::exchange(literal, {}), {}});
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool control = static_cast<unsigned char>(c) < ' ' || c == 0x7f;
    if (control && c != '\t') return refuse("the template", "contains a line break or a control character; remove it");
    const bool doubled = i + 1 < text.size() && text[i + 1] == c;
    if ((c != '{' && c != '}') || doubled) {
      literal.push_back(c);
      if (c == '{' || c == '}') ++i;
      continue;
    }
    if (c == '}') return refuse("}", "does not close a field; write }} for a brace");
    const std::size_t end = text.find_first_of("{}", i + 1);
    if (end == std::string_view::npos || text[end] == '{') {
      return refuse("{", "is never closed; write {{ for a brace");
    }
    auto piece = parse_field(text.substr(i + 1, end - i - 1));
    if (!piece) return fail(std::move(piece.error()));
    end_literal();
    parsed.pieces_.push_back(std::move(*piece));
    i = end;
  }
  end_literal();
  const auto values = std::count_if(parsed.pieces_.begin(), parsed.pieces_.end(),
                                    [](const TemplatePiece& piece) { return is_senders(piece.field); });
  parsed.several_values_ = values > 1 || (values == 1 && !parsed.has(TemplateField::message));
  return parsed;
}

void RecordTemplate::append(const record::LogRecord& record, std::string_view filter, std::string& out) const {
  const std::size_t begin = out.size();
  for (const TemplatePiece& piece : pieces_) {
    if (piece.field == TemplateField::message) {
      append_message(record.message, out);
    } else {
      append_piece(piece, record, filter, out);
    }
  }
  if (!several_values_ || !holds_marker(std::string_view(out).substr(begin))) [[likely]]
    return;
  out.resize(begin);
  for (const TemplatePiece& piece : pieces_) {
    if (is_senders(piece.field)) {
      append_without_own_name(senders_value(piece, record), out);
    } else {
      append_piece(piece, record, filter, out);
    }
  }
}

void RecordTemplate::append_notice(const record::LogRecord& notice, std::string& out) const {
  for (const TemplatePiece& piece : pieces_) append_piece(piece, notice, {}, out);
}

bool RecordTemplate::has(TemplateField field) const {
  return std::any_of(pieces_.begin(), pieces_.end(),
                     [field](const TemplatePiece& piece) { return piece.field == field; });
}

bool RecordTemplate::has_fields() const {
  return std::any_of(pieces_.begin(), pieces_.end(),
                     [](const TemplatePiece& piece) { return piece.field != TemplateField::literal; });
}

void append_piece(const TemplatePiece& piece, const record::LogRecord& record, std::string_view filter,
                  std::string& out) {
  switch (piece.field) {
    case TemplateField::literal:
      out.append(piece.text);
      return;
    case TemplateField::time:
      piece.time->append(record.captured_at, out);
      return;
    case TemplateField::sent:
      if (record.sent) piece.time->append(*record.sent, out);
      return;
    case TemplateField::filter:
      text::append_escaped(filter, out);
      return;
    case TemplateField::interface:
      text::append_escaped(record.interface, out);
      return;
    case TemplateField::severity:
      if (record.severity) out.append(record::to_string(*record.severity));
      return;
    case TemplateField::facility:
      if (record.facility) out.append(facility_name(*record.facility));
      return;
    case TemplateField::host:
    case TemplateField::app:
    case TemplateField::pid:
    case TemplateField::msgid:
    case TemplateField::message:
    case TemplateField::decoded:
      text::append_escaped(senders_value(piece, record), out);
      return;
    case TemplateField::integrity:
      out.append(to_string(record.integrity));
      return;
    default:
      break;
  }
  if (!has_flow(record)) return;
  const Flow& flow = record.flow;
  switch (piece.field) {
    case TemplateField::protocol:
      out.append(to_string(flow.transport));
      return;
    case TemplateField::src:
      append_endpoint(flow.src, out);
      return;
    case TemplateField::src_addr:
      append_address(flow.src.address, out);
      return;
    case TemplateField::src_port:
      append_port(flow.src.port, out);
      return;
    case TemplateField::dst:
      append_endpoint(flow.dst, out);
      return;
    case TemplateField::dst_addr:
      append_address(flow.dst.address, out);
      return;
    case TemplateField::dst_port:
      append_port(flow.dst.port, out);
      return;
    default:
      return;
  }
}

}  // namespace logsniffd::format
