#include "daemon/filter/rate_limiter.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace logsniffd::filter {
RateLimiter::RateLimiter(const RateOptions& options)
    : options_(options), interval_(options.per / static_cast<Duration::rep>(options.records)) {}

std::string_view RateLimiter::name_of(const record::LogRecord& record) const {
  switch (options_.by) {
    case RateOptions::By::src:
      return as_text(record.flow.src.address.bytes());
    case RateOptions::By::host:
      return record.host.substr(0, kNameBytes);
    case RateOptions::By::app:
      return record.app.substr(0, kNameBytes);
    case RateOptions::By::filter:
      break;
  }
  return "";
}

RateLimiter::Bucket& RateLimiter::bucket_of(const record::LogRecord& record, PacketTime now) {
  key_ = name_of(record);
  if (const auto found = buckets_.find(key_); found != buckets_.end()) return found->second;
  if (buckets_.size() >= kBuckets && now >= look_again_at_) forget_full(now);
  if (buckets_.size() >= kBuckets) return shared_;
  look_again_at_ = std::min(look_again_at_, now + interval_);
  return buckets_[key_];
}

void RateLimiter::forget_full(PacketTime now) {
  look_again_at_ = PacketTime::max();
  for (auto bucket = buckets_.begin(); bucket != buckets_.end();) {
    if (bucket->second.full_at <= now) {
      buckets_.erase(bucket++);
    } else {
      look_again_at_ = std::min(look_again_at_, std::max(bucket->second.full_at, now + interval_));
      ++bucket;
    }
  }
}

bool RateLimiter::admits(const record::LogRecord& record, PacketTime now) {
  Bucket& bucket = bucket_of(record, now);
  const PacketTime full_at = std::max(bucket.full_at, now) + interval_;
  if (full_at - now <= interval_ * static_cast<Duration::rep>(options_.burst)) {
    bucket.full_at = full_at;
    return true;
  }
  if (++bucket.refused > most_refused_) {
    most_refused_ = bucket.refused;
    most_refused_name_ = name_of(record);
  }
  if (refused_++ == 0) refused_since_ = now;
  refused_last_ = now;
  captured_last_ = record.captured_at;
  flow_last_ = record.flow;
  interface_last_ = record.interface;
  return false;
}

std::optional<PacketTime> RateLimiter::note_due() const {
  if (refused_ == 0) return std::nullopt;
  return refused_since_ + kNoteEvery;
}

std::string RateLimiter::shown(std::string_view name) const {
  if (options_.by == RateOptions::By::src) return Address::from_ipv6(as_bytes(name)).to_string();
  return name.empty() ? fmt::format("records without {}", word_of(kRateKeys, options_.by)) : std::string(name);
}

void RateLimiter::write_note(std::uint16_t filter, NoteObserver& observer) {
  if (refused_ == 0) return;
  const auto seconds =
      std::max<std::int64_t>(1, std::chrono::round<std::chrono::seconds>(refused_last_ - refused_since_).count());
  std::string text = fmt::format("{} record{} left out in {} s: more than {}/{}", refused_, refused_ == 1 ? "" : "s",
                                 seconds, options_.records, word_of(kRateUnits, options_.per));
  if (options_.by != RateOptions::By::filter) {
    text += fmt::format(" by {}", word_of(kRateKeys, options_.by));
    text += fmt::format("; most from {} ({})", shown(most_refused_name_), most_refused_);
  }
  const std::string count = std::to_string(refused_);
  const record::Field field{"limited", count};
  record::LogRecord note;
  note.captured_at = captured_last_;
  note.flow = flow_last_;
  note.interface = interface_last_;
  note.app = "logsniffd";
  note.severity = record::Severity::warning;
  note.message = text;
  note.fields = {&field, 1};
  refused_ = 0;
  most_refused_ = 0;
  shared_.refused = 0;
  for (auto& [name, bucket] : buckets_) bucket.refused = 0;
  observer.on_note(filter, note);
}

}  // namespace logsniffd::filter
