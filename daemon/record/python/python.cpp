#include "daemon/record/python/python.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "daemon/base/byte_reader.hpp"
#include "daemon/record/plain.hpp"
#include "daemon/record/python/percent_format.hpp"
#include "daemon/record/python/pickle_opcode.hpp"
#include "daemon/record/python/python_attribute.hpp"
#include "daemon/record/python/python_text.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::record::python {
namespace {

constexpr std::size_t kShortText = 128;  // of app and pid, if they are not texts
constexpr double kBeyond = 9.2e9;        // seconds: more than nanoseconds in 64 bits can hold

Bytes without_length(Bytes frame) {
  ByteReader reader(frame);
  const std::size_t length = reader.u32be();
  return reader.ok() && length == reader.remaining() ? reader.rest() : frame;
}

struct Level {
  std::int64_t number;
  std::string_view name;
  Severity severity;
};

constexpr Level kLevels[] = {
    {50, "CRITICAL", Severity::crit}, {40, "ERROR", Severity::err},   {30, "WARNING", Severity::warning},
    {20, "INFO", Severity::info},     {10, "DEBUG", Severity::debug},
};

// A program's own levels lie between Python's, or below.
const Level& level_of(std::int64_t number) {
  const auto* const level = std::find_if(std::begin(kLevels), std::end(kLevels) - 1,
                                         [number](const Level& known) { return number >= known.number; });
  return *level;
}

std::optional<PacketTime> time_of(const PickleValue& created) {
  if (!created.is(PickleKind::real) && !created.is(PickleKind::integer)) return std::nullopt;
  const double seconds = created.is(PickleKind::real) ? created.real : static_cast<double>(created.integer);
  if (!(seconds >= 0 && seconds < kBeyond)) return std::nullopt;
  const double whole = std::floor(seconds);
  return PacketTime(std::chrono::seconds(static_cast<std::int64_t>(whole)) +
                    std::chrono::microseconds(std::llround((seconds - whole) * 1e6)));
}

}  // namespace

// Missing attributes point at None, a missing msg at nothing.
struct PythonReader::Attributes {
  PickleValue absent;
  const PickleValue* msg = nullptr;
  const PickleValue* args = &absent;
  const PickleValue* name = &absent;
  const PickleValue* levelname = &absent;
  const PickleValue* levelno = &absent;
  const PickleValue* created = &absent;
  const PickleValue* process = &absent;
  const PickleValue* exc_text = &absent;
  const PickleValue* stack_info = &absent;

  const PickleValue** slot(PythonAttribute attribute) {
    switch (attribute) {
      case PythonAttribute::msg:
        return &msg;
      case PythonAttribute::args:
        return &args;
      case PythonAttribute::name:
        return &name;
      case PythonAttribute::levelname:
        return &levelname;
      case PythonAttribute::levelno:
        return &levelno;
      case PythonAttribute::created:
        return &created;
      case PythonAttribute::process:
        return &process;
      case PythonAttribute::exc_text:
        return &exc_text;
      case PythonAttribute::stack_info:
        return &stack_info;
      default:
        return nullptr;
    }
  }
};

bool looks_like_python(Bytes frame) {
  using namespace pickle_opcode;
  const Bytes pickle = without_length(frame);
  if (pickle.size() < 4 || pickle.back() != kStop) return false;
  if (as_text(pickle).starts_with(std::string_view("}q\0(", 4))) return true;
  ByteReader reader(pickle);
  if (reader.u8() != kProto) return false;
  const std::uint8_t protocol = reader.u8();
  std::uint8_t first = reader.u8();
  if (protocol >= 4 && first == kFrame) {
    reader.skip(8);
    first = reader.u8();
  }
  return reader.ok() && protocol >= 2 && protocol <= 5 && first == kEmptyDict;
}

PythonReader::Result PythonReader::read(Bytes frame, LogRecord& record, std::vector<Field>& fields,
                                        std::size_t effort) {
  start(fields, effort);
  const Pickle::Result result = pickle_.read(without_length(frame));
  counters_.refused_opcodes.add(pickle_.refused_opcodes());
  if (result != Pickle::Result::whole) {
    return result == Pickle::Result::too_large ? Result::too_large : Result::not_python;
  }
  Attributes attributes;
  if (!read_attributes(attributes, fields)) return Result::refused;

  add_level(attributes, fields);
  read_plain(message(attributes), record);
  if (attributes.levelno->is(PickleKind::integer)) record.severity = level_of(attributes.levelno->integer).severity;
  record.sent = time_of(*attributes.created);
  record.app = short_text(*attributes.name);
  record.pid = short_text(*attributes.process);
  record.fields = fields;
  if (fields_left_) counters_.fields_left.add();
  return Result::whole;
}

void PythonReader::start(std::vector<Field>& fields, std::size_t effort) {
  fields.clear();
  message_.clear();
  rendered_.clear();
  // Reserved so that it does not move under the views into it. Each byte in it takes one of the effort.
  rendered_.reserve(std::min(text_limit_ + 2 * kShortText, effort));
  field_room_ = text_limit_;
  effort_ = Effort(effort);
  cut_ = false;
  fields_left_ = false;
}

// One pass over the dict. False if it is not a LogRecord's.
bool PythonReader::read_attributes(Attributes& attributes, std::vector<Field>& fields) {
  if (!pickle_.root().is(PickleKind::dict)) return false;
  const PickleValue* key = nullptr;
  for (const PickleValue& item : pickle_.items(pickle_.root())) {
    if (key == nullptr) {
      if (!item.is(PickleKind::text)) return false;
      key = &item;
      continue;
    }
    const PythonAttribute attribute = python_attribute(key->text());
    if (attribute == PythonAttribute::extra || (attribute == PythonAttribute::place && !item.is(PickleKind::none))) {
      add_field(key->text(), item, fields);
    } else if (const PickleValue** const known = attributes.slot(attribute)) {
      *known = &item;
    }
    key = nullptr;
  }
  return attributes.msg != nullptr;
}

// If the level is not one of Python's, its name says more than the severity.
void PythonReader::add_level(const Attributes& attributes, std::vector<Field>& fields) {
  const PickleValue& name = *attributes.levelname;
  if (name.is(PickleKind::none)) return;
  if (attributes.levelno->is(PickleKind::integer) && name.is(PickleKind::text)) {
    const Level& level = level_of(attributes.levelno->integer);
    if (level.number == attributes.levelno->integer && level.name == name.text()) return;
  }
  add_field("levelname", name, fields);
}

void PythonReader::add_field(std::string_view name, const PickleValue& value, std::vector<Field>& fields) {
  if (fields.size() == kMaxFields || name.size() > field_room_) {
    fields_left_ = true;
    return;
  }
  field_room_ -= name.size();
  const std::string_view shown = text_of(value, field_room_);
  field_room_ -= shown.size();
  fields.push_back({name, shown});
}

// A view of a text that fits; otherwise a view of what was rendered. REQUIRED: rendered_ has that room.
std::string_view PythonReader::text_of(const PickleValue& value, std::size_t room) {
  if (value.is(PickleKind::text) && value.size <= room) return value.text();
  BoundedText out(rendered_, rendered_.size() + room, effort_);
  append_str(pickle_, value, out);
  cut_ = cut_ || out.cut();
  return out.written();
}

std::string_view PythonReader::short_text(const PickleValue& value) {
  if (value.is(PickleKind::none)) return {};
  return value.is(PickleKind::text) ? value.text() : text_of(value, kShortText);
}

std::string_view PythonReader::message(const Attributes& attributes) {
  const PickleValue& msg = *attributes.msg;
  const bool formatted = is_true(*attributes.args);
  const bool more = is_true(*attributes.exc_text) || is_true(*attributes.stack_info);
  if (!formatted && !more && msg.is(PickleKind::text) && msg.size <= text_limit_) return msg.text();
  BoundedText out(message_, text_limit_, effort_);
  if (formatted) {
    append_formatted(msg, *attributes.args, out);
  } else {
    append_str(pickle_, msg, out);
  }
  for (const PickleValue* const behind : {attributes.exc_text, attributes.stack_info}) {
    if (!is_true(*behind)) continue;
    if (!out.written().ends_with('\n')) out.append('\n');
    append_str(pickle_, *behind, out);
  }
  cut_ = cut_ || out.cut();
  // If the effort was spent elsewhere, msg is shown as it is.
  const bool nothing = effort_.exhausted() && out.written().empty() && msg.is(PickleKind::text);
  return nothing ? msg.text().substr(0, text::utf8_cut(msg.text(), text_limit_)) : out.written();
}

void PythonReader::append_formatted(const PickleValue& msg, const PickleValue& args, BoundedText& out) {
  if (msg.is(PickleKind::text) && percent_format(msg.text(), pickle_, args, out)) return;
  counters_.format_errors.add();
  append_str(pickle_, msg, out);
  out.append(' ');
  append_repr(pickle_, args, out);
}

}  // namespace logsniffd::record::python
