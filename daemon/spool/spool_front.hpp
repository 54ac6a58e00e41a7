// The decoded entry of a spool that is being delivered: the rest of its records, or a notice.
//
// THREAD  confined to the sink's worker.
// BOUNDS  a small multiple of one entry (SpoolEntry::kMaxPayload).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "daemon/record/record_batch.hpp"
#include "daemon/spool/batch_codec.hpp"
#include "daemon/spool/spool_log.hpp"

namespace logsniffd::spool {

class SpoolFront {
 public:
  static constexpr unsigned kBit = 0;  // all records are for the sink of this number

  // Returns false if nothing of the entry is left, or if it cannot be read; then nothing is loaded.
  [[nodiscard]] bool load(const SpoolLog::Front& front);
  void clear() { loaded_ = Loaded::nothing; }
  [[nodiscard]] bool loaded() const { return loaded_ != Loaded::nothing; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  // on disk, of the whole entry

  [[nodiscard]] bool is_notice() const { return loaded_ == Loaded::notice; }
  [[nodiscard]] const std::string& notice() const { return notice_; }
  [[nodiscard]] PacketTime notice_time() const { return notice_time_; }

  [[nodiscard]] const record::RecordBatch& records() const { return records_; }
  // `delivered` records were delivered, and those in `left` (sorted, not empty) remain.
  void keep(std::uint32_t delivered, std::span<const std::uint32_t> left);
  // True if the remaining records are the entry's last ones.
  [[nodiscard]] bool in_order() const { return in_order_; }

 private:
  [[nodiscard]] bool load_records(const SpoolLog::Front& front);
  [[nodiscard]] bool load_notice(const SpoolLog::Front& front);
  void keep_only(std::span<const std::uint32_t> records);

  enum class Loaded : std::uint8_t { nothing, records, notice };
  Loaded loaded_ = Loaded::nothing;
  std::uint64_t bytes_ = 0;
  record::RecordBatch records_;
  record::RecordBatch fewer_;
  bool in_order_ = true;
  std::string notice_;
  PacketTime notice_time_{};
  BatchEncoder encoder_;
  BatchDecoder decoder_;
};

}  // namespace logsniffd::spool
