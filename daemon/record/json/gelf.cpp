#include "daemon/record/json/gelf.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "daemon/record/field_list.hpp"
#include "daemon/record/json/cut_json.hpp"
#include "daemon/record/json/key_roles.hpp"
#include "daemon/record/plain.hpp"
#include "daemon/text/compressed.hpp"

namespace logsniffd::record::json {
namespace {

// In units of the budget, in addition to one for each byte. The first table is free, because every compressor
// brings one.
constexpr std::size_t kUnitsATable = 6144;
// JSON with one mark in 16 bytes or fewer takes no more than its bytes; nor do as many values as messages usually have.
constexpr std::size_t kUnitsAMark = 16;
// An object that was cut is scanned once more, to be closed.
constexpr std::size_t kUnitsAMarkOfCut = 24;
constexpr std::size_t kFreeLeaves = 32;
constexpr std::size_t kUnitsALeaf = 32;
// For each byte in addition, if the text is not JSON or is damaged, or if it was read a second time because it is
// not UTF-8.
constexpr std::size_t kUnitsOfOtherText = 2;

// In order of preference; names with an underscore are additional fields.
constexpr text::WordTable::Word kGelfKeys[] = {
    known("short_message", Known::message),
    known("message", Known::message),

    known("level", Known::severity),
    known("timestamp", Known::time),
    known("host", Known::host),

    known("_app", Known::app),
    known("_application", Known::app),
    known("_application_name", Known::app),
    known("_app_name", Known::app),
    known("_appname", Known::app),
    known("_service", Known::app),
    known("_service_name", Known::app),
    known("_service.name", Known::app),
    known("_program", Known::app),
    known("facility", Known::app),
    known("_container_name", Known::app),  // Docker
    known("_logger", Known::app),
    known("_logger_name", Known::app),
    known("_loggername", Known::app),

    known("_pid", Known::pid),
    known("_process_id", Known::pid),
    known("_process_pid", Known::pid),
};
constexpr text::WordTable kKnownGelfKeys{kGelfKeys};

text::TextCursor behind_space(text::TextCursor cursor) {
  while (!cursor.at_end() && is_space(cursor.peek())) cursor.take(1);
  return cursor;
}

// What follows `key` (in quotes) and a colon, if the text has it as a key.
std::optional<text::TextCursor> behind_key(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == text.npos) return std::nullopt;
  text::TextCursor cursor = behind_space(text::TextCursor(text.substr(at + key.size())));
  if (!cursor.eat(':')) return std::nullopt;
  return behind_space(cursor);
}

bool is_version(const JsonLeaf& leaf) { return leaf.name == "version" && (leaf.value == "1.1" || leaf.value == "1.0"); }

// The first one that is text and is not empty.
const JsonLeaf* find_full_message(std::span<const JsonLeaf> leaves) {
  for (const JsonLeaf& leaf : leaves) {
    if (leaf.name != "full_message" || leaf.kind != JsonLeaf::Kind::string) continue;
    if (!without_line_ends(leaf.value).empty()) return &leaf;
  }
  return nullptr;
}

// The short message, or the full one if that continues it or stands alone. `shorter` and the result may be null.
const JsonLeaf* choose_message(const JsonLeaf* shorter, std::span<const JsonLeaf> leaves) {
  if (shorter != nullptr && without_line_ends(shorter->value).empty()) shorter = nullptr;
  const JsonLeaf* const full = find_full_message(leaves);
  const bool better =
      full != nullptr && (shorter == nullptr || behind_space(text::TextCursor(shorter->value)).at_end() ||
                          full->value.starts_with(shorter->value));
  return better ? full : shorter;
}

constexpr std::size_t kBlock = 64;

// A loop of fixed length, on bytes only, so that compilers turn it into a few vector instructions.
std::uint8_t marks_in_block(const char* block) {
  std::uint8_t marks = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const char c = block[i];
    marks = static_cast<std::uint8_t>(marks + ((c == ',') | (c == '[') | (c == '{') | (c == '\\')));
  }
  return marks;
}

// Counts the characters that take JSON longer than others. Everything inflated is scanned for them.
std::size_t marks_in(std::string_view text) {
  std::size_t marks = 0;
  for (; text.size() >= kBlock; text.remove_prefix(kBlock)) marks += marks_in_block(text.data());
  std::array<char, kBlock> rest{};
  std::copy(text.begin(), text.end(), rest.begin());
  return marks + marks_in_block(rest.data());
}

// Without the character that is cut short at the end.
std::string_view without_torn_character(std::string_view text) {
  const std::size_t last = text::utf8_cut(text, text.size() - std::min<std::size_t>(text.size(), 1));
  const bool torn =
      last < text.size() && static_cast<unsigned char>(text[last]) >= 0xc0 && text::utf8_length(text.substr(last)) == 0;
  return torn ? text.substr(0, last) : text;
}

}  // namespace

bool looks_like_gelf(Bytes payload) {
  if (text::is_compressed(payload)) return true;
  const std::string_view text = as_text(payload);
  if (behind_space(text::TextCursor(text)).peek() != '{') return false;
  if (behind_key(text, "\"short_message\"")) return true;
  std::optional<text::TextCursor> version = behind_key(text, "\"version\"");
  return version && version->eat("\"1.1\"");
}

GelfVerdict GelfReader::read(Bytes payload, const InflateLimits& limits, LogRecord& record,
                             std::vector<Field>& fields) {
  inflated_bytes_ = 0;
  units_ = 0;
  cut_ = false;
  const bool compressed = text::is_compressed(payload);
  if (compressed) {
    const GelfVerdict verdict = inflate(payload, limits);
    if (verdict == GelfVerdict::corrupt) units_ += kUnitsOfOtherText * inflated_bytes_;
    if (verdict != GelfVerdict::message) return verdict;
  }
  std::string_view text = as_text(payload);
  if (compressed) {
    const std::size_t units = (cut_ ? kUnitsAMarkOfCut : kUnitsAMark) * marks_in(text);
    units_ += std::max(units, text.size()) - text.size();
  }
  if (cut_) {
    text = without_torn_character(text);
    const bool closed = close_cut_json(text, closed_);
    if (!closed) units_ += kUnitsOfOtherText * text.size();
    if (closed && read_object(closed_, text, record, fields)) return GelfVerdict::message;
  } else {
    while (!text.empty() && text.back() == '\0') text.remove_suffix(1);  // TCP's, from senders that always add it
    if (read_object(text, text, record, fields)) return GelfVerdict::message;
  }
  if (!compressed) return GelfVerdict::not_gelf;
  fields.clear();
  read_plain(without_line_ends(text), record);
  return GelfVerdict::inflated_text;
}

// On `message`, `payload` becomes what it inflates to.
GelfVerdict GelfReader::inflate(Bytes& payload, const InflateLimits& limits) {
  if (limits.budget == 0) return GelfVerdict::over_budget;  // most of a flood: saves a look at its tables
  const Inflated result = inflater_.inflate(payload, std::min(limits.shown, limits.budget), payload);
  inflated_bytes_ = inflater_.written();
  units_ = inflated_bytes_ + kUnitsATable * (inflater_.tables() - std::min<std::size_t>(inflater_.tables(), 1));
  cut_ = result == Inflated::cut;
  if (cut_ && limits.budget < limits.shown) return GelfVerdict::over_budget;
  if (result == Inflated::corrupt || text::is_compressed(payload)) return GelfVerdict::corrupt;
  return GelfVerdict::message;
}

bool GelfReader::read_object(std::string_view text, std::string_view sent, LogRecord& record,
                             std::vector<Field>& fields) {
  const bool good = object_.read(text);
  if (!good || object_.torn_text()) units_ += kUnitsOfOtherText * text.size();
  if (!good) return false;
  const std::span<const JsonLeaf> leaves = object_.leaves();
  if (leaves.size() > kFreeLeaves) units_ += kUnitsALeaf * (leaves.size() - kFreeLeaves);
  const KeyRoles roles(leaves, kKnownGelfKeys, record.captured_at);
  const JsonLeaf* const message = choose_message(roles.player(Role::message), leaves);
  FieldList list(fields);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (roles.plays(i) || &leaves[i] == message || is_version(leaves[i])) continue;
    std::string_view name = leaves[i].name;
    if (name.size() > 1 && name.front() == '_') name.remove_prefix(1);
    list.add(name, leaves[i].value);
  }
  if (!object_.complete()) list.leave_out();
  roles.fill(record);
  const bool whole_text = message == nullptr || list.left_out();
  record.message = without_line_ends(whole_text ? sent : message->value);
  record.fields = list.good();
  return true;
}

}  // namespace logsniffd::record::json
