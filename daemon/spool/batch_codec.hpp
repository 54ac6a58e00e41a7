// Records of a batch as bytes, and back: the form in which a spool keeps them. Everything that a sink can see of a
// record is kept, including the name of its filter; the set of sinks that it goes to is not.
//
// LAYOUT  version u8 (1), then the records; little-endian; a text is a u32 length and bytes.
//         record: captured_at u64, src and dst (16 bytes and u16 each), transport u8, integrity u8, severity u8,
//                 facility u8, flags u8, filter u16, [the filter's name, if it is the first record with that number:
//                 names are numbered in order of appearance], interface text, message text, [sent u64],
//                 [host, app, pid, msgid texts, u32 number of fields, name and value texts]
// THREAD  confined to the sink's worker.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/record/record_batch.hpp"

namespace logsniffd::spool {

class BatchEncoder {
 public:
  // Forgets what was encoded. The records that follow belong to one batch.
  void begin();
  void add(const record::RecordBatch& batch, std::uint32_t i);

  [[nodiscard]] std::uint32_t records() const { return records_; }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  void add_filter(const record::RecordBatch& batch, std::uint32_t i);

  std::string bytes_;
  std::uint32_t records_ = 0;
  std::vector<std::uint16_t> filters_;  // the batch's filter numbers, indexed by ours
  std::vector<record::Field> fields_;
};

class BatchDecoder {
 public:
  // Fills `batch` with records, all of them for `sinks`. Returns the number of records, or nothing if the bytes were
  // not made by a BatchEncoder (then `batch` is of no use). BOUNDS: memory is a small multiple of the bytes.
  [[nodiscard]] std::optional<std::uint32_t> decode(std::string_view bytes, record::SinkMask sinks,
                                                    record::RecordBatch& batch);

 private:
  std::vector<record::Field> fields_;
};

}  // namespace logsniffd::spool
