#include "daemon/spool/batch_codec.hpp"

#include <algorithm>
#include <memory>

#include "daemon/base/byte_reader.hpp"
#include "daemon/spool/little_endian.hpp"

namespace logsniffd::spool {
namespace {

using record::Field;
using record::LogRecord;
using record::RecordHeader;

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kHasSent = 1;
constexpr std::uint8_t kHasAttributes = 2;
constexpr std::uint8_t kHighestFacility = 23;

template <class T>
std::uint8_t octet_or_none(const std::optional<T>& value) {
  return value ? static_cast<std::uint8_t>(*value) : RecordHeader::kNone;
}

void append_text(std::string& out, std::string_view text) {
  append_little(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

void append_endpoint(std::string& out, const Endpoint& endpoint) {
  out.append(as_text(endpoint.address.bytes()));
  append_little(out, endpoint.port);
}

std::uint64_t to_number(PacketTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }

PacketTime to_time(std::uint64_t number) { return PacketTime(Duration(static_cast<Duration::rep>(number))); }

bool has_attributes(const LogRecord& record) {
  return !record.host.empty() || !record.app.empty() || !record.pid.empty() || !record.msgid.empty() ||
         !record.fields.empty();
}

std::string_view take_text(ByteReader& reader) { return as_text(reader.take(reader.u32le())); }

Endpoint take_endpoint(ByteReader& reader) {
  Endpoint endpoint;
  const Bytes address = reader.take(Address::kSize);
  if (reader.ok()) endpoint.address = Address::from_ipv6(address);
  endpoint.port = reader.u16(std::endian::little);
  return endpoint;
}

// Returns false if an octet names nothing.
bool take_levels(ByteReader& reader, LogRecord& record) {
  const std::uint8_t transport = reader.u8();
  const std::uint8_t integrity = reader.u8();
  const std::uint8_t severity = reader.u8();
  const std::uint8_t facility = reader.u8();
  record.flow.transport = static_cast<Transport>(transport);
  record.integrity = static_cast<Integrity>(integrity);
  if (severity != RecordHeader::kNone) record.severity = static_cast<record::Severity>(severity);
  if (facility != RecordHeader::kNone) record.facility = facility;
  return transport <= static_cast<std::uint8_t>(Transport::udp) &&
         integrity <= static_cast<std::uint8_t>(Integrity::unfinished) &&
         (severity == RecordHeader::kNone || severity < record::kSeverityNames.size()) &&
         (facility == RecordHeader::kNone || facility <= kHighestFacility);
}

void take_attributes(ByteReader& reader, LogRecord& record, std::vector<Field>& fields) {
  for (std::string_view* text : {&record.host, &record.app, &record.pid, &record.msgid}) *text = take_text(reader);
  const std::uint32_t count = reader.u32le();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    const std::string_view name = take_text(reader);
    fields.push_back({name, take_text(reader)});
  }
  record.fields = fields;
}

}  // namespace

void BatchEncoder::begin() {
  bytes_.assign(1, static_cast<char>(kVersion));
  records_ = 0;
  filters_.clear();
}

void BatchEncoder::add(const record::RecordBatch& batch, std::uint32_t i) {
  const LogRecord record = batch.record(i, fields_);
  append_little(bytes_, to_number(record.captured_at));
  append_endpoint(bytes_, record.flow.src);
  append_endpoint(bytes_, record.flow.dst);
  const bool attributes = has_attributes(record);
  for (const std::uint8_t octet :
       {static_cast<std::uint8_t>(record.flow.transport), static_cast<std::uint8_t>(record.integrity),
        octet_or_none(record.severity), octet_or_none(record.facility),
        static_cast<std::uint8_t>((record.sent ? kHasSent : 0) | (attributes ? kHasAttributes : 0))}) {
    append_little(bytes_, octet);
  }
  add_filter(batch, i);
  append_text(bytes_, record.interface);
  append_text(bytes_, record.message);
  if (record.sent) append_little(bytes_, to_number(*record.sent));
  if (attributes) {
    for (const std::string_view text : {record.host, record.app, record.pid, record.msgid}) append_text(bytes_, text);
    append_little(bytes_, static_cast<std::uint32_t>(record.fields.size()));
    for (const Field& field : record.fields) {
      append_text(bytes_, field.name);
      append_text(bytes_, field.value);
    }
  }
  ++records_;
}

// A linear search will do: at most 64 filters, and most batches have one or two.
void BatchEncoder::add_filter(const record::RecordBatch& batch, std::uint32_t i) {
  const std::uint16_t filter = batch.header(i).filter;
  const auto known = std::find(filters_.begin(), filters_.end(), filter);
  append_little(bytes_, static_cast<std::uint16_t>(known - filters_.begin()));
  if (known != filters_.end()) return;
  append_text(bytes_, batch.filter_name(i));
  filters_.push_back(filter);
}

std::optional<std::uint32_t> BatchDecoder::decode(std::string_view bytes, record::SinkMask sinks,
                                                  record::RecordBatch& batch) {
  const auto names = std::make_shared<record::FilterNames>();
  batch.begin(names);
  ByteReader reader(as_bytes(bytes));
  if (reader.u8() != kVersion) return std::nullopt;
  std::uint32_t records = 0;
  for (; reader.remaining() > 0; ++records) {
    LogRecord record;
    fields_.clear();
    record.captured_at = to_time(reader.u64le());
    record.flow.src = take_endpoint(reader);
    record.flow.dst = take_endpoint(reader);
    if (!take_levels(reader, record)) return std::nullopt;
    const std::uint8_t flags = reader.u8();
    const std::uint16_t filter = reader.u16(std::endian::little);
    if (flags > (kHasSent | kHasAttributes) || filter > names->size()) return std::nullopt;
    if (filter == names->size()) names->emplace_back(take_text(reader));
    record.interface = take_text(reader);
    record.message = take_text(reader);
    if ((flags & kHasSent) != 0) record.sent = to_time(reader.u64le());
    if ((flags & kHasAttributes) != 0) take_attributes(reader, record, fields_);
    if (!reader.ok()) return std::nullopt;
    batch.append(record, filter, sinks);
  }
  return reader.ok() ? std::optional(records) : std::nullopt;
}

}  // namespace logsniffd::spool
