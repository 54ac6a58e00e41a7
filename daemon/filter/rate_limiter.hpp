// Limits how many records a filter takes, by token buckets.
//
// A bucket is one number: the time at which it will be full again (the generic cell rate algorithm, as in ITU-T I.371).
// A full bucket is the same as none, so it is forgotten without a change to what is admitted.
//
// What is refused is summed up in one note a minute, with the sender (host, program) that lost most.
//
// THREAD  confined to its owner.
// TIME    steady (PacketClock).
// BOUNDS  kBuckets buckets with names of at most kNameBytes. While none of them is full, all further names share one.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/time.hpp"
#include "daemon/filter/note_observer.hpp"
#include "daemon/filter/volume.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::filter {

class RateLimiter {
 public:
  static constexpr std::size_t kBuckets = 4096;
  static constexpr std::size_t kNameBytes = 256;
  static constexpr Duration kNoteEvery = std::chrono::minutes(1);

  explicit RateLimiter(const RateOptions& options);

  [[nodiscard]] const RateOptions& options() const { return options_; }

  // Takes a token, if there is one. REQUIRED: `now` never decreases.
  [[nodiscard]] bool admits(const record::LogRecord& record, PacketTime now);

  // When write_note() should be called; nullopt: nothing was refused since its last call.
  [[nodiscard]] std::optional<PacketTime> note_due() const;
  // Hands out what was refused since the last call, if anything was. Its time is that of the last such record.
  void write_note(std::uint16_t filter, NoteObserver& observer);

 private:
  struct Bucket {
    PacketTime full_at{};
    std::uint64_t refused = 0;  // since the last note
  };

  [[nodiscard]] std::string_view name_of(const record::LogRecord& record) const;
  [[nodiscard]] Bucket& bucket_of(const record::LogRecord& record, PacketTime now);
  void forget_full(PacketTime now);
  [[nodiscard]] std::string shown(std::string_view name) const;

  RateOptions options_;
  Duration interval_;  // in which a token comes in
  absl::flat_hash_map<std::string, Bucket> buckets_;
  Bucket shared_;
  std::string key_;                               // reused
  PacketTime look_again_at_ = PacketTime::max();  // before that, no bucket is full
  std::uint64_t most_refused_ = 0;                // of one bucket, since the last note
  std::string most_refused_name_;
  std::uint64_t refused_ = 0;   // since the last note
  PacketTime refused_since_{};  // steady
  PacketTime refused_last_{};   // likewise
  PacketTime captured_last_{};  // that one as captured, its flow and interface
  Flow flow_last_;
  std::string interface_last_;
};

}  // namespace logsniffd::filter
