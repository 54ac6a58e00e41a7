#include "daemon/record/bounded_record.hpp"

#include <algorithm>

#include "daemon/text/utf8.hpp"

namespace logsniffd::record {
namespace {

// A shorter value is not cut: half a number or half a name is wrong.
constexpr std::size_t kShortValue = 64;

// Returns how many of `fields` fit; the last of them may have been cut. `room` becomes what they left.
std::size_t fit_fields(std::vector<Field>& fields, std::size_t& room) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    Field& field = fields[i];
    if (field.name.size() + field.value.size() <= room) {
      room -= field.name.size() + field.value.size();
      continue;
    }
    if (field.name.size() > room || field.value.size() < kShortValue) return i;
    field.value = field.value.substr(0, text::utf8_cut(field.value, room - field.name.size()));
    room -= field.name.size() + field.value.size();
    return field.value.empty() ? i : i + 1;
  }
  return fields.size();
}

}  // namespace

bool bound_record(std::size_t limit, LogRecord& record, std::vector<Field>& fields) {
  std::size_t fields_bytes = 0;
  for (const Field& field : record.fields) fields_bytes += field.name.size() + field.value.size();
  if (record.message.size() + fields_bytes <= limit) return false;
  fields.resize(record.fields.size());  // the fields that stayed in the text are not the record's
  const std::size_t left = limit - std::min(limit, record.message.size());
  const std::size_t for_fields = std::max(left, limit / 4);
  std::size_t room = for_fields;
  fields.resize(fit_fields(fields, room));
  record.fields = fields;
  record.message = record.message.substr(0, text::utf8_cut(record.message, limit - (for_fields - room)));
  return true;
}

}  // namespace logsniffd::record
