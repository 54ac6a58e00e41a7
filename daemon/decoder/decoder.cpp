#include "daemon/decoder/decoder.hpp"

#include <algorithm>
#include <cstdint>

#include "daemon/framing/line_joiner.hpp"
#include "daemon/record/bounded_record.hpp"
#include "daemon/record/plain.hpp"
#include "daemon/record/syslog/cef.hpp"
#include "daemon/record/syslog/leef.hpp"
#include "daemon/record/syslog/netconsole.hpp"
#include "daemon/record/syslog/syslog.hpp"
#include "daemon/text/compressed.hpp"

namespace logsniffd::decoder {
namespace {

constexpr std::string_view kGelfNotice = "compressed GELF";

// The first bytes of compressed GELF, and of a pickle that begins with the PROTO opcode.
constexpr std::uint8_t kGzip = 0x1f;
constexpr std::uint8_t kZlib = 0x78;  // 'x'
constexpr std::uint8_t kPickleProto = 0x80;

// What the first byte permits, so that text needs no further look.
record::Decode likely(Bytes frame) {
  if (frame.empty()) return record::Decode::plain;
  switch (frame[0]) {
    case '<':
      return record::Decode::syslog;
    case '{':
      return record::json::looks_like_gelf(frame) ? record::Decode::gelf : record::Decode::json;
    case kGzip:
    case kZlib:
      return record::json::looks_like_gelf(frame) ? record::Decode::gelf : record::Decode::plain;
    case '}':
    case kPickleProto:
    case 0:
      return record::python::looks_like_python(frame) ? record::Decode::python : record::Decode::plain;
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      return !begins_with_year(frame) && record::syslog::looks_like_netconsole(frame) ? record::Decode::netconsole
                                                                                      : record::Decode::plain;
    default:
      return record::Decode::plain;
  }
}

// Only CEF and LEEF, and hardly any other text, begin with these letters.
bool may_be_event(std::string_view text) { return text.size() >= 4 && (text[0] == 'C' || text[0] == 'L'); }

}  // namespace

Decoder::Decoder(std::size_t record_limit_bytes, std::uint64_t secret)
    : python_(record_limit_bytes), budget_(secret), record_limit_(record_limit_bytes) {}

void Decoder::set_record_limit(std::size_t bytes) {
  python_.set_text_limit(bytes);
  record_limit_ = bytes;
}

void Decoder::decode(record::Decode as, Bytes frame, record::LogRecord& record, PacketTime now) {
  now_ = now;
  const record::Decode tried = as == record::Decode::automatic ? likely(frame) : as;
  fields_.clear();
  cut_ = false;
  if (tried == record::Decode::plain) {
    record::read_plain(as_text(frame), record);
    counters_.decoded[static_cast<std::size_t>(record::Decode::plain)].add();
  } else if (Undecoded rest{as_text(frame), {}}; read(tried, frame, record, rest)) {
    counters_.decoded[static_cast<std::size_t>(tried)].add();
  } else {
    fields_.clear();
    record::read_plain(rest.text, record);
    record.app = rest.app;
    (as == record::Decode::automatic ? counters_.decoded[static_cast<std::size_t>(record::Decode::plain)]
                                     : counters_.malformed)
        .add();
  }
  if (may_be_event(record.message) && as != record::Decode::plain) [[unlikely]]
    read_event(record);
  if (record.fields.empty() && record.message.size() <= record_limit_ && !cut_) [[likely]]
    return;
  if (record::bound_record(record_limit_, record, fields_) || cut_) [[unlikely]] {
    counters_.cut.add();
    record.integrity = framing::worse_of(record.integrity, Integrity::truncated);
  }
}

bool Decoder::read(record::Decode as, Bytes frame, record::LogRecord& record, Undecoded& rest) {
  bool good = false;
  switch (as) {
    case record::Decode::syslog:
      good = record::syslog::parse_syslog(as_text(frame), record, fields_, unescaped_);
      break;
    case record::Decode::json:
      good = json_.read(as_text(frame), record, fields_);
      break;
    case record::Decode::gelf:
      good = read_gelf(frame, record, rest);
      break;
    case record::Decode::python:
      good = read_python(frame, record, rest);
      break;
    case record::Decode::netconsole:
      good = record::syslog::read_netconsole(as_text(frame), record, fields_, unescaped_);
      break;
    case record::Decode::automatic:
    case record::Decode::plain:
      break;
  }
  if (good && fields_.size() > record::kMaxFields) counters_.fields_left.add();
  return good;
}

bool Decoder::read_gelf(Bytes frame, record::LogRecord& record, Undecoded& rest) {
  const bool compressed = text::looks_compressed(frame);
  const Address& sender = record.flow.src.address;
  const std::size_t free = kFreeInflated * frame.size();
  const record::json::InflateLimits limits{
      std::min(record_limit_, std::max(kLeastInflated, kInflatedPerByte * frame.size())),
      compressed ? budget_.left(sender, free, now_) : 0};
  const record::json::GelfVerdict verdict = gelf_.read(frame, limits, record, fields_);
  if (compressed) {
    budget_.take(sender, frame.size(), free, gelf_.units());
    counters_.made_bytes.add(gelf_.inflated_bytes());
  }
  switch (verdict) {
    case record::json::GelfVerdict::message:
      cut_ = gelf_.cut();
      return true;
    case record::json::GelfVerdict::inflated_text:
      cut_ = gelf_.cut();
      rest.text = record.message;
      return false;
    case record::json::GelfVerdict::not_gelf:
      return false;
    case record::json::GelfVerdict::over_budget:
      rest = tell_over_budget(kGelfNotice, frame, record);
      return false;
    case record::json::GelfVerdict::corrupt:
      break;
  }
  counters_.inflate_failed.add();
  rest = report(kGelfNotice, frame.size(), " bytes cannot be inflated: it is damaged or cut short");
  return false;
}

bool Decoder::read_python(Bytes frame, record::LogRecord& record, Undecoded& rest) {
  const std::size_t wanted = record::python::PythonReader::effort_for(frame);
  const std::size_t free = kFreeFormatted * frame.size();
  const Address& sender = record.flow.src.address;
  const std::size_t budget = budget_.left(sender, free, now_) / record::python::PythonReader::kUnitsAnEffort;
  const bool whole =
      python_.read(frame, record, fields_, std::min(wanted, budget)) == record::python::PythonReader::Result::whole;
  budget_.take(sender, frame.size(), free, record::python::PythonReader::kUnitsAnEffort * python_.effort().spent());
  counters_.made_bytes.add(python_.effort().spent());
  if (!whole) return false;
  if (python_.effort().exhausted() && budget < wanted) {
    rest = tell_over_budget("a pickled log record", frame, record);
    return false;
  }
  cut_ = python_.cut();
  return true;
}

Decoder::Undecoded Decoder::report(std::string_view what, std::size_t size, std::string_view why) {
  reported_.assign(what).append(" of ").append(std::to_string(size)).append(why);
  return {reported_, "logsniffd"};
}

Decoder::Undecoded Decoder::tell_over_budget(std::string_view what, Bytes frame, record::LogRecord& record) {
  counters_.over_budget.add();
  record.integrity = framing::worse_of(record.integrity, Integrity::truncated);
  return report(what, frame.size(), " bytes is not decoded: the budget for it is used up");
}

void Decoder::add_field(record::LogRecord& record, const record::Field& field) {
  fields_.resize(record.fields.size());  // the fields that stayed in the text are not the record's
  fields_.push_back(field);
  record.fields = fields_;
}

// CEF and LEEF, alone or as the message of syslog.
void Decoder::read_event(record::LogRecord& record) {
  const std::string_view text = record.message;
  fields_.resize(record.fields.size());  // the fields that stayed in the text are not the record's
  record::syslog::EventFields found = record::syslog::EventFields::none;
  if (text.starts_with("CEF:")) found = record::syslog::read_cef(text, record, fields_, event_unescaped_);
  if (text.starts_with("LEEF:")) found = record::syslog::read_leef(text, record, fields_);
  if (found == record::syslog::EventFields::none) return;
  counters_.events.add();
  if (found == record::syslog::EventFields::some) counters_.fields_left.add();
  record.fields = fields_;
}

}  // namespace logsniffd::decoder
