#include "daemon/spool/spooled_sink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "daemon/sink/loss_notice.hpp"
#include "daemon/spool/notice_codec.hpp"

namespace logsniffd::spool {
namespace {

constexpr std::uint64_t kDrainBytes = 4 << 20;  // delivered at a time; new records are handled in between
constexpr std::uint64_t kSegments = 8;          // the bound is divided into this many, or more
constexpr std::uint64_t kLargestSegment = 16 << 20;
constexpr Duration kOpenAgain = std::chrono::seconds(10);
constexpr Duration kHandOverStep = std::chrono::milliseconds(50);  // flock(2) cannot also wait for an Interrupt

std::string_view text_of(sink::DropReason reason) {
  return reason == sink::DropReason::spool_full ? "spool full" : "spool could not be written";
}

}  // namespace

SpooledSink::SpooledSink(SpoolOptions options, std::unique_ptr<sink::Sink> inner)
    : options_(std::move(options)), inner_(std::move(inner)), shared_(inner_->shared_counters()) {
  inner_->leave_to(undelivered_);
}

Status SpooledSink::open() {
  auto folder = SpoolFolder::open(options_.path);
  if (!folder) return fail(std::move(folder.error()).within("spool"));
  folder_ = std::move(*folder);
  if (Status opened = inner_->open_target(); !opened) {
    (void)inner_->take_error();
    error_ = opened.error().message();
    target_is_unavailable();
  }
  return {};
}

// Takes the folder immediately, so that the next reload finds it taken.
void SpooledSink::take_over() {
  if (folder_) return;
  if (auto folder = SpoolFolder::open(options_.path)) folder_ = std::move(*folder);  // start() reports what is wrong
}

void SpooledSink::start(sink::Interrupt& interrupt) {
  inner_->start_target(interrupt);
  if (collect_trouble()) target_is_unavailable();
  open_log(interrupt);
}

void SpooledSink::write(const record::RecordBatch& batch, unsigned index, sink::Interrupt& interrupt) {
  open_log(interrupt);
  undelivered_.records.clear();
  if (passes_through()) tell_loss(interrupt);
  if (passes_through()) {
    inner_->deliver(batch, index, interrupt);
    collect_trouble();
    std::sort(undelivered_.records.begin(), undelivered_.records.end());  // a file sink lists them file by file
    if (undelivered_.in_flight + undelivered_.taken_back > 0) passed_.add_all_but(undelivered_.records, batch, index);
    follow_flight();
    if (!undelivered_.records.empty()) target_is_unavailable();
  } else {
    undelivered_.add_rest(batch, index, 0);
  }
  keep_undelivered(batch);
  drain(interrupt);
  look_at_log();
}

bool SpooledSink::write_notice(std::string_view text, PacketTime when, sink::Interrupt& interrupt) {
  open_log(interrupt);
  if (passes_through()) {
    const bool reported = inner_->deliver_notice(text, when, interrupt);
    collect_trouble();
    if (reported && undelivered_.in_flight > 0) passed_.add({EntryKind::notice, 0, encode_notice({text, when})}, 1);
    follow_flight();
    if (reported) return true;
    target_is_unavailable();
  }
  const bool kept = log_ && append_notice(text, when) == SpoolLog::Appended::done;
  look_at_log();
  return kept;
}

void SpooledSink::reopen() {
  inner_->reopen_target();
  collect_trouble();
  follow_flight();
  next_try_ = SteadyTime::min();
}

Duration SpooledSink::maintain(sink::Interrupt& interrupt) {
  Duration rest = inner_->maintain(interrupt);
  collect_trouble();
  open_log(interrupt);
  follow_flight();
  drain(interrupt);
  look_at_log();
  const SteadyTime now = options_.now();
  const auto due_at = [&](SteadyTime when) { rest = std::min(rest, std::max(Duration::zero(), when - now)); };
  if (!log_) {
    due_at(open_again_);
    return rest;
  }
  if (const auto due = log_->sync_due(now)) rest = std::min(rest, *due);
  if (!log_->empty()) due_at(std::max(next_try_, now));
  return rest;
}

void SpooledSink::finish(sink::Interrupt& interrupt) {
  drain(interrupt);
  tell_loss(interrupt);
  inner_->finish(interrupt);
  collect_trouble();
  follow_flight();
  look_at_log();
  if (log_) log_->sync();
}

// ---- the spool

void SpooledSink::open_log(const sink::Interrupt& interrupt) {
  if (log_ || options_.now() < open_again_) return;
  for (Duration waited{};; waited += kHandOverStep) {
    auto opened = try_to_open();
    if (opened && *opened) return adopt(std::move(*opened));
    const bool give_up = !opened || waited >= options_.hand_over_patience;
    if (!give_up && interrupt.wait(-1, 0, kHandOverStep) != sink::WaitResult::interrupted) continue;
    error_ = opened ? fmt::format("spool {}: another sink or process is using it; give each sink its own path",
                                  options_.path)
                    : "spool " + opened.error().message();
    open_again_ = options_.now() + kOpenAgain;
    return;
  }
}

Expected<std::unique_ptr<SpoolLog>> SpooledSink::try_to_open() {
  const SpoolLimits limits{options_.size, std::clamp<std::uint64_t>(options_.size / kSegments, 1, kLargestSegment)};
  if (!folder_) return SpoolLog::open(options_.path, limits);
  auto opened = SpoolLog::open(std::move(*folder_), limits);
  folder_.reset();
  return opened;
}

void SpooledSink::adopt(std::unique_ptr<SpoolLog> log) {
  log_ = std::move(log);
  shared_.recovered.add(log_->records());
  shared_.spooled.set(log_->records());
  look_at_log();
}

bool SpooledSink::passes_through() const { return !log_ || (log_->empty() && options_.now() >= next_try_); }

void SpooledSink::target_is_unavailable() {
  next_try_ = options_.now() + retry_delay_;
  retry_delay_ = std::min(2 * retry_delay_, kLongestRetry);
}

// Returns true if the inner sink had an error since the last call.
bool SpooledSink::collect_trouble() {
  std::string trouble = inner_->take_error();
  if (trouble.empty()) return false;
  error_ = std::move(trouble);
  // The worker reports one error per interval, so this one includes everything.
  if (!spool_trouble_.empty()) error_ += "; " + spool_trouble_;
  if (const std::uint64_t waiting = shared_.spooled.get(); waiting > 0) {
    error_ += fmt::format("; {} records are waiting in {}", waiting, options_.path);
  }
  return true;
}

// Handles the log's damage, errors and size, and what fell due.
void SpooledSink::look_at_log() {
  if (!log_) return;
  const SpoolLog::Damage damage = log_->take_damage();
  if (damage.places > 0) {
    shared_.spool_damaged.add(damage.places);
    shared_.spool_damaged_bytes.add(damage.bytes);
    shared_.dropped_for(sink::DropReason::spool_damaged).add(damage.records);
    shared_.spooled.subtract(damage.records);
    error_ = fmt::format("spool {}: {} damaged place{} skipped: {} bytes of unknown records, {} known records lost",
                         options_.path, damage.places, damage.places == 1 ? "" : "s", damage.bytes, damage.records);
  }
  if (log_->sync_due(options_.now()) == Duration::zero()) log_->sync();
  if (std::string trouble = log_->take_error(); !trouble.empty()) error_ = std::move(trouble);
  shared_.spool_bytes.set(log_->bytes());
}

// ---- entries that bypassed the spool

// Takes back what has to be written again, and releases what is no longer in flight.
void SpooledSink::follow_flight() {
  if (undelivered_.taken_back > 0) return take_back(std::exchange(undelivered_.taken_back, 0));
  passed_.keep(undelivered_.in_flight);
  const std::uint64_t later = passed_.messages() + front_messages_;
  if (log_) log_->confirm_all_but(undelivered_.in_flight - std::min(undelivered_.in_flight, later));
}

// In order: first what the spool had passed on, then what bypassed it.
void SpooledSink::take_back(std::uint64_t messages) {
  passed_.keep(messages);
  std::uint64_t unknown = messages - std::min(messages, passed_.messages() + front_messages_);
  std::uint64_t records = 0;
  if (log_ && messages > passed_.messages()) {
    const std::uint64_t in_log = log_->passed_messages();
    records = log_->take_back(unknown);
    unknown -= std::min(unknown, in_log);
    front_.clear();
    front_messages_ = 0;
  }
  for (const PassedEntries::Entry& entry : passed_.entries()) {
    if (log_ && log_->append(entry.view(), options_.now()) == SpoolLog::Appended::done) {
      records += entry.records;
    } else {
      unknown += entry.messages;
    }
  }
  passed_.clear();
  shared_.spooled.add(records);
  shared_.written.subtract(records);
  shared_.resent.add(records);
  shared_.unconfirmed.add(unknown);
  target_is_unavailable();
}

// ---- into the spool

void SpooledSink::keep_undelivered(const record::RecordBatch& batch) {
  const std::vector<std::uint32_t>& records = undelivered_.records;
  if (!log_) return lose(batch, 0, records.size(), undelivered_.reason);
  encoder_.begin();
  for (std::size_t i = 0, first = 0; i < records.size(); ++i) {
    encoder_.add(batch, records[i]);
    if (encoder_.bytes().size() < SpoolEntry::kUsualPayload && i + 1 < records.size()) continue;
    append_encoded(batch, first, i + 1);
    first = i + 1;
    encoder_.begin();
  }
}

// The undelivered records in [first, next).
void SpooledSink::append_encoded(const record::RecordBatch& batch, std::size_t first, std::size_t next) {
  if (encoder_.bytes().size() > SpoolEntry::kMaxPayload) return lose(batch, first, next, sink::DropReason::too_large);
  const SpoolEntry entry{EntryKind::records, encoder_.records(), encoder_.bytes()};
  SpoolLog::Appended appended = append_loss(entry.size());
  if (appended == SpoolLog::Appended::done) appended = append(entry);
  if (appended == SpoolLog::Appended::done) {
    shared_.spooled.add(next - first);
    spool_trouble_.clear();
  } else {
    lose(batch, first, next,
         appended == SpoolLog::Appended::full ? sink::DropReason::spool_full : sink::DropReason::spool_error);
  }
}

// Entries that bypassed the spool and may be taken back come before it.
SpoolLog::Appended SpooledSink::append(const SpoolEntry& entry) {
  for (const PassedEntries::Entry& passed : passed_.entries()) {
    // An entry that finds no room is lost if the target loses it.
    (void)log_->append_passed(passed.view(), passed.messages, options_.now());
  }
  passed_.clear();
  return log_->append(entry, options_.now());
}

SpoolLog::Appended SpooledSink::append_notice(std::string_view text, PacketTime when) {
  return append({EntryKind::notice, 0, encode_notice({text, when})});
}

// Reports what the spool did not take in the place where it would have stood: before the next entry that the spool
// takes, which must fit as well.
SpoolLog::Appended SpooledSink::append_loss(std::uint64_t following) {
  if (loss_.records == 0) return SpoolLog::Appended::done;
  const std::string text = sink::loss_notice(loss_, text_of(loss_reason_), {});
  if (!log_->has_room(2 * SpoolEntry::kHeader + text.size() + following)) return SpoolLog::Appended::full;
  const SpoolLog::Appended appended = append_notice(text, loss_.last);
  if (appended == SpoolLog::Appended::done) loss_ = {};
  return appended;
}

void SpooledSink::lose(const record::RecordBatch& batch, std::size_t first, std::size_t next, sink::DropReason reason) {
  inner_->lose(batch, std::span(undelivered_.records).subspan(first, next - first), reason);
  const bool of_spool = reason == sink::DropReason::spool_full || reason == sink::DropReason::spool_error;
  if (!of_spool || first == next) return;
  spool_trouble_ =
      reason == sink::DropReason::spool_full
          ? fmt::format(
                "spool {}: it is full, so the newest records are lost; bring the target back, or raise spool.size",
                options_.path)
          : log_->take_error();
  error_ = spool_trouble_;
  if (loss_.records == 0) loss_.first = batch.header(undelivered_.records[first]).captured_at;
  loss_.last = batch.header(undelivered_.records[next - 1]).captured_at;
  loss_.records += next - first;
  loss_reason_ = reason;
}

void SpooledSink::tell_loss(sink::Interrupt& interrupt) {
  if (loss_.records == 0) return;
  const queue::Loss loss = std::exchange(loss_, {});
  if (!write_notice(sink::loss_notice(loss, text_of(loss_reason_), {}), loss.last, interrupt)) loss_ = loss;
}

// ---- out of the spool

void SpooledSink::drain(sink::Interrupt& interrupt) {
  std::uint64_t delivered = 0;
  while (log_ && delivered < kDrainBytes && options_.now() >= next_try_ && !interrupt.raised() && load_front()) {
    delivered += front_.bytes();
    const bool whole = front_.is_notice() ? deliver_notice(interrupt) : deliver_records(interrupt);
    if (!whole) return target_is_unavailable();
    pop_front();
    retry_delay_ = kFirstRetry;
  }
}

// Makes sure that an entry is loaded. Returns false if there is none, or none that can be read now.
bool SpooledSink::load_front() {
  while (!front_.loaded()) {
    const auto front = log_->front();
    look_at_log();
    if (!front) {
      if (!log_->empty()) target_is_unavailable();
      return false;
    }
    if (front_.load(*front)) break;
    if (log_->passed_messages() > 0) {  // taking back would bring it again, and count it twice
      target_is_unavailable();
      return false;
    }
    if (front->settled < front->entry.records) lose_unreadable(front->entry.records - front->settled);
    pop_front();
  }
  return true;
}

// Its checksum is right: another version of logsniffd wrote it.
void SpooledSink::lose_unreadable(std::uint64_t records) {
  error_ = fmt::format("spool {}: {} records were written in a form that this version cannot read, and are lost",
                       options_.path, records);
  shared_.dropped_for(sink::DropReason::spool_damaged).add(records);
  shared_.spooled.subtract(records);
  shared_.spool_damaged.add();
}

// Returns true if nothing is left of the front.
bool SpooledSink::deliver_records(sink::Interrupt& interrupt) {
  std::vector<std::uint32_t>& left = undelivered_.records;
  left.clear();
  inner_->deliver(front_.records(), SpoolFront::kBit, interrupt);
  collect_trouble();
  const auto delivered = static_cast<std::uint32_t>(front_.records().size() - left.size());
  shared_.spooled.subtract(delivered);
  front_messages_ += delivered;
  if (undelivered_.taken_back > 0) {
    log_->settle(delivered, false);
    follow_flight();
    return false;
  }
  if (left.empty()) return true;
  std::sort(left.begin(), left.end());
  front_.keep(delivered, left);
  if (delivered > 0) log_->settle(delivered, front_.in_order() && undelivered_.in_flight == 0);
  return false;
}

bool SpooledSink::deliver_notice(sink::Interrupt& interrupt) {
  const bool reported = inner_->deliver_notice(front_.notice(), front_.notice_time(), interrupt);
  collect_trouble();
  const bool whole = reported && undelivered_.taken_back == 0;
  if (whole) front_messages_ = 1;
  if (undelivered_.taken_back > 0) follow_flight();
  return whole;
}

void SpooledSink::pop_front() {
  front_.clear();
  log_->pass_front(std::exchange(front_messages_, 0));
  follow_flight();
  if (log_->empty()) spool_trouble_.clear();
}

}  // namespace logsniffd::spool
