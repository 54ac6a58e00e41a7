#include "daemon/record/record_batch.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "daemon/base/byte_reader.hpp"

namespace logsniffd::record {
namespace {

constexpr std::size_t kHeadersReserved = 2048;

bool has_attributes(const LogRecord& record) {
  return record.sent || !record.host.empty() || !record.app.empty() || !record.pid.empty() || !record.msgid.empty() ||
         !record.fields.empty();
}

// append() writes the attributes, and record() reads them in the same process, so they are in its byte order:
// has_sent u32, sent i64 as two u32, then length-prefixed texts: host, app, pid, msgid, (name, value)*.
void put_u32(std::string& out, std::uint32_t value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  out.append(raw, sizeof value);
}

void put_text(std::string& out, std::string_view text) {
  put_u32(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

std::string_view get_text(ByteReader& reader) {
  const std::uint32_t size = reader.u32(std::endian::native);
  return as_text(reader.take(size));
}

template <class T>
std::uint8_t octet_or_none(const std::optional<T>& value) {
  return value ? static_cast<std::uint8_t>(*value) : RecordHeader::kNone;
}

}  // namespace

RecordHeader::RecordHeader(const LogRecord& record, std::uint16_t by, SinkMask to, std::size_t text_at,
                           std::size_t attributes_at)
    : captured_at(record.captured_at), sinks(to), flow(record.flow), interface {
}, message_offset(static_cast<std::uint32_t>(text_at)),
    message_length(static_cast<std::uint32_t>(record.message.size())),
    attributes_offset(static_cast<std::uint32_t>(attributes_at)), attributes_length(0), filter(by),
    integrity(record.integrity), severity(octet_or_none(record.severity)), facility(octet_or_none(record.facility)) {
  record.interface.copy(interface.data(), interface.size() - 1);
}

RecordBatch::RecordBatch() {
  headers_.reserve(kHeadersReserved);
  text_.reserve(kTextBytes + kTextBytes / 4);
}

void RecordBatch::begin(std::shared_ptr<const FilterNames> filters) {
  headers_.clear();
  text_.clear();
  attributes_.clear();
  sinks_ = 0;
  sinks_of_all_ = ~SinkMask{0};
  filters_ = std::move(filters);
}

void RecordBatch::append(const LogRecord& record, std::uint16_t filter, SinkMask sinks) {
  headers_.emplace_back(record, filter, sinks, text_.size(), attributes_.size());
  text_.append(record.message);
  text_.push_back('\n');
  add_to_all(sinks);
  if (has_attributes(record)) append_attributes(record);
}

void RecordBatch::append_attributes(const LogRecord& record) {
  const auto sent = static_cast<std::uint64_t>(record.sent ? record.sent->time_since_epoch().count() : 0);
  put_u32(attributes_, record.sent ? 1 : 0);
  put_u32(attributes_, static_cast<std::uint32_t>(sent >> 32));
  put_u32(attributes_, static_cast<std::uint32_t>(sent));
  for (const std::string_view text : {record.host, record.app, record.pid, record.msgid}) put_text(attributes_, text);
  for (const Field& field : record.fields) {
    put_text(attributes_, field.name);
    put_text(attributes_, field.value);
  }
  RecordHeader& header = headers_.back();
  header.attributes_length = static_cast<std::uint32_t>(attributes_.size()) - header.attributes_offset;
}

void RecordBatch::append_again(std::uint16_t filter, SinkMask sinks) {
  assert(!headers_.empty());
  RecordHeader again = headers_.back();
  again.filter = filter;
  again.sinks = sinks;
  headers_.push_back(again);
  add_to_all(sinks);
}

std::unique_ptr<RecordBatch> RecordBatch::compact_copy() const { return std::make_unique<RecordBatch>(*this); }

std::string_view RecordBatch::message(std::size_t i) const {
  const RecordHeader& header = headers_[i];
  return std::string_view(text_).substr(header.message_offset, header.message_length);
}

LogRecord RecordBatch::record(std::size_t i, std::vector<Field>& scratch) const {
  const RecordHeader& header = headers_[i];
  LogRecord record;
  record.captured_at = header.captured_at;
  record.flow = header.flow;
  record.interface = header.interface.data();
  record.integrity = header.integrity;
  if (header.severity != RecordHeader::kNone) record.severity = static_cast<Severity>(header.severity);
  if (header.facility != RecordHeader::kNone) record.facility = header.facility;
  record.message = message(i);
  scratch.clear();
  if (header.attributes_length == 0) return record;

  ByteReader reader(as_bytes(std::string_view(attributes_).substr(header.attributes_offset, header.attributes_length)));
  const bool has_sent = reader.u32(std::endian::native) != 0;
  const std::uint64_t high = reader.u32(std::endian::native);
  const std::uint64_t low = reader.u32(std::endian::native);
  if (has_sent) record.sent = PacketTime(Duration(static_cast<Duration::rep>(high << 32 | low)));
  for (std::string_view* text : {&record.host, &record.app, &record.pid, &record.msgid}) *text = get_text(reader);
  while (reader.remaining() > 0) {
    const std::string_view name = get_text(reader);
    const std::string_view value = get_text(reader);
    scratch.push_back({name, value});
  }
  assert(reader.ok());
  record.fields = scratch;
  return record;
}

RecordBatch::Run RecordBatch::message_run(std::size_t first, unsigned sink) const {
  const SinkMask bit = SinkMask{1} << sink;
  assert(headers_[first].sinks & bit);
  const std::size_t begin = headers_[first].message_offset;
  std::size_t end = begin + headers_[first].message_length + 1;
  std::size_t next = first + 1;
  while (next < headers_.size() && (headers_[next].sinks & bit) && headers_[next].message_offset == end) {
    end += headers_[next].message_length + 1;
    ++next;
  }
  return {std::string_view(text_).substr(begin, end - begin), next};
}

std::uint64_t RecordBatch::count_for(unsigned sink) const {
  const SinkMask bit = SinkMask{1} << sink;
  if ((sinks_of_all_ & bit) != 0) return headers_.size();
  return static_cast<std::uint64_t>(std::count_if(headers_.begin(), headers_.end(),
                                                  [bit](const RecordHeader& header) { return header.sinks & bit; }));
}

std::size_t RecordBatch::memory_bytes() const {
  return sizeof *this + headers_.size() * sizeof(RecordHeader) + text_.size() + attributes_.size();
}

}  // namespace logsniffd::record
