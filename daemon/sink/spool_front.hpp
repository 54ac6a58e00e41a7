// The entry of a spool that is being delivered, decoded: what is left of its records, or a notice.
//
// THREAD  confined to the sink's worker.
// BOUNDS  one entry (SpoolEntry::kMaxPayload), a small multiple of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "daemon/record/record_batch.hpp"
#include "daemon/sink/batch_codec.hpp"
#include "daemon/sink/spool_log.hpp"

namespace logsniffd::sink {

class SpoolFront {
 public:
  static constexpr unsigned kBit = 0;  // all records are for the sink of this number

  // False where nothing of it is left, or it cannot be read; then nothing is loaded.
  [[nodiscard]] bool load(const SpoolLog::Front& front);
  void clear() { loaded_ = Loaded::nothing; }
  [[nodiscard]] bool loaded() const { return loaded_ != Loaded::nothing; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  // on disk, of all of it

  [[nodiscard]] bool is_notice() const { return loaded_ == Loaded::notice; }
  [[nodiscard]] const std::string& notice() const { return notice_; }
  [[nodiscard]] PacketTime notice_time() const { return notice_time_; }

  [[nodiscard]] const record::RecordBatch& records() const { return records_; }
  // So many were delivered, and these (sorted, not none) are left.
  void keep(std::uint32_t delivered, std::span<const std::uint32_t> left);
  // What is left are the entry's last records.
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

}  // namespace logsniffd::sink
