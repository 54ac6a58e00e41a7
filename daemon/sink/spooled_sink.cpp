#include "daemon/sink/spooled_sink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "daemon/sink/little_endian.hpp"
#include "daemon/sink/loss_notice.hpp"

namespace logsniffd::sink {
namespace {

constexpr unsigned kBit = 0;                    // of the records that come from the spool
constexpr std::size_t kEntryBytes = 256 << 10;  // what is encoded is appended when it reaches this
constexpr std::uint64_t kDrainBytes = 4 << 20;  // delivered at a time: new records are looked at in between
constexpr std::uint64_t kSegments = 8;          // the bound is divided into so many, or more
constexpr std::uint64_t kLargestSegment = 16 << 20;
constexpr Duration kOpenAgain = std::chrono::seconds(10);
constexpr Duration kHandOverStep = std::chrono::milliseconds(50);  // flock(2) cannot wait for an Interrupt as well

std::string_view text_of(DropReason reason) {
  return reason == DropReason::spool_full ? "spool full" : "spool could not be written";
}

}  // namespace

SpooledSink::SpooledSink(SpoolOptions options, std::unique_ptr<Sink> inner)
    : options_(std::move(options)), inner_(std::move(inner)), shared_(inner_->shared_counters()) {
  inner_->leave_to(leftovers_);
}

Status SpooledSink::open() {
  auto folder = SpoolFolder::open(options_.path);
  if (!folder) return fail(std::move(folder.error()).within("spool"));
  folder_ = std::move(*folder);
  if (Status opened = inner_->open(); !opened) {
    (void)inner_->take_error();
    error_ = opened.error().message();
    target_is_away();
  }
  return {};
}

void SpooledSink::start(Interrupt& interrupt) {
  inner_->start(interrupt);
  if (collect_trouble()) target_is_away();
  open_log(interrupt);
}

void SpooledSink::write(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) {
  open_log(interrupt);
  leftovers_.records.clear();
  if (passes_through()) tell_loss(interrupt);
  if (passes_through()) {
    inner_->write(batch, index, interrupt);
    collect_trouble();
    if (!leftovers_.records.empty()) target_is_away();
  } else {
    leftovers_.add_rest(batch, index, 0);
  }
  keep_leftovers(batch);
  drain(interrupt);
  look_at_log();
}

bool SpooledSink::write_notice(std::string_view text, PacketTime when, Interrupt& interrupt) {
  open_log(interrupt);
  if (passes_through()) {
    const bool told = inner_->write_notice(text, when, interrupt);
    collect_trouble();
    if (told) return true;
    target_is_away();
  }
  const bool kept = log_ && append_notice(text, when) == SpoolLog::Appended::done;
  look_at_log();
  return kept;
}

void SpooledSink::reopen() {
  inner_->reopen();
  collect_trouble();
  next_try_ = SteadyTime::min();
}

Duration SpooledSink::tend(Interrupt& interrupt) {
  Duration rest = inner_->tend(interrupt);
  collect_trouble();
  open_log(interrupt);
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

void SpooledSink::finish(Interrupt& interrupt) {
  drain(interrupt);
  tell_loss(interrupt);
  look_at_log();
  if (log_) log_->sync();
  inner_->finish(interrupt);
  collect_trouble();
}

// ---- the spool

void SpooledSink::open_log(const Interrupt& interrupt) {
  if (log_ || options_.now() < open_again_) return;
  for (Duration waited{};; waited += kHandOverStep) {
    auto opened = try_to_open();
    if (opened && *opened) return adopt(std::move(*opened));
    const bool give_up = !opened || waited >= options_.hand_over_patience;
    if (!give_up && interrupt.wait(-1, 0, kHandOverStep) != WaitResult::interrupted) continue;
    error_ = opened ? fmt::format("spool {}: another sink or process has it open", options_.path)
                    : "spool " + opened.error().message();
    open_again_ = options_.now() + kOpenAgain;
    return;
  }
}

Expected<std::unique_ptr<SpoolLog>> SpooledSink::try_to_open() {
  const SpoolLimits limits{options_.size,
                           std::min(kLargestSegment, std::max<std::uint64_t>(options_.size / kSegments, 1))};
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

void SpooledSink::target_is_away() {
  next_try_ = options_.now() + retry_delay_;
  retry_delay_ = std::min(2 * retry_delay_, kLongestRetry);
}

// True where the sink inside had any since it was asked last.
bool SpooledSink::collect_trouble() {
  std::string trouble = inner_->take_error();
  if (trouble.empty()) return false;
  error_ = std::move(trouble);
  // The worker tells one trouble in a while, so it is the whole of it.
  if (!spool_trouble_.empty()) error_ += "; " + spool_trouble_;
  if (const std::uint64_t waiting = shared_.spooled.get(); waiting > 0) {
    error_ += fmt::format("; {} records wait in {}", waiting, options_.path);
  }
  return true;
}

// Damage, trouble and what it holds, and what fell due.
void SpooledSink::look_at_log() {
  if (!log_) return;
  const SpoolLog::Damage damage = log_->take_damage();
  if (damage.places > 0) {
    shared_.spool_damaged.add(damage.places);
    shared_.spool_damaged_bytes.add(damage.bytes);
    shared_.dropped_for(DropReason::spool_damaged).add(damage.records);
    shared_.spooled.subtract(damage.records);
    error_ = fmt::format("spool {}: {} damaged place{} skipped: {} bytes of unknown records, {} known records lost",
                         options_.path, damage.places, damage.places == 1 ? "" : "s", damage.bytes, damage.records);
  }
  if (log_->sync_due(options_.now()) == Duration::zero()) log_->sync();
  if (std::string trouble = log_->take_error(); !trouble.empty()) error_ = std::move(trouble);
  shared_.spool_bytes.set(log_->bytes());
}

// ---- into it

void SpooledSink::keep_leftovers(const record::RecordBatch& batch) {
  std::vector<std::uint32_t>& records = leftovers_.records;
  if (!log_) return lose(batch, 0, records.size(), leftovers_.reason);
  std::sort(records.begin(), records.end());  // a file sink lists them file by file
  encoder_.begin();
  for (std::size_t i = 0, first = 0; i < records.size(); ++i) {
    encoder_.add(batch, records[i]);
    if (encoder_.bytes().size() < kEntryBytes && i + 1 < records.size()) continue;
    append_encoded(batch, first, i + 1);
    first = i + 1;
    encoder_.begin();
  }
}

// The leftovers from `first` to before `next`.
void SpooledSink::append_encoded(const record::RecordBatch& batch, std::size_t first, std::size_t next) {
  if (encoder_.bytes().size() > SpoolEntry::kMaxPayload) return lose(batch, first, next, DropReason::too_large);
  const SpoolEntry entry{EntryKind::records, encoder_.records(), encoder_.bytes()};
  SpoolLog::Appended appended = append_loss(entry.size());
  if (appended == SpoolLog::Appended::done) appended = log_->append(entry, options_.now());
  if (appended == SpoolLog::Appended::done) {
    shared_.spooled.add(next - first);
    spool_trouble_.clear();
  } else {
    lose(batch, first, next, appended == SpoolLog::Appended::full ? DropReason::spool_full : DropReason::spool_error);
  }
}

SpoolLog::Appended SpooledSink::append_notice(std::string_view text, PacketTime when) {
  notice_.clear();
  append_little(notice_, static_cast<std::uint64_t>(when.time_since_epoch().count()));
  notice_.append(text);
  return log_->append({EntryKind::notice, 0, notice_}, options_.now());
}

// What the spool did not take is told where it would have stood: in front of the next that it takes, which is to fit as
// well.
SpoolLog::Appended SpooledSink::append_loss(std::uint64_t following) {
  if (loss_.records == 0) return SpoolLog::Appended::done;
  const std::string text = loss_notice(loss_, text_of(loss_reason_), {});
  if (!log_->has_room(2 * SpoolEntry::kHeader + text.size() + following)) return SpoolLog::Appended::full;
  const SpoolLog::Appended appended = append_notice(text, loss_.last);
  if (appended == SpoolLog::Appended::done) loss_ = {};
  return appended;
}

void SpooledSink::lose(const record::RecordBatch& batch, std::size_t first, std::size_t next, DropReason reason) {
  shared_.dropped_for(reason).add(next - first);
  const bool of_spool = reason == DropReason::spool_full || reason == DropReason::spool_error;
  if (!of_spool || first == next) return;
  spool_trouble_ = reason == DropReason::spool_full
                       ? fmt::format("spool {}: it is full: the newest records are lost", options_.path)
                       : log_->take_error();
  error_ = spool_trouble_;
  if (loss_.records == 0) loss_.first = batch.header(leftovers_.records[first]).captured_at;
  loss_.last = batch.header(leftovers_.records[next - 1]).captured_at;
  loss_.records += next - first;
  loss_reason_ = reason;
}

void SpooledSink::tell_loss(Interrupt& interrupt) {
  if (loss_.records == 0) return;
  const queue::Loss loss = std::exchange(loss_, {});
  if (!write_notice(loss_notice(loss, text_of(loss_reason_), {}), loss.last, interrupt)) loss_ = loss;
}

// ---- out of it

void SpooledSink::drain(Interrupt& interrupt) {
  std::uint64_t delivered = 0;
  while (log_ && delivered < kDrainBytes && options_.now() >= next_try_ && !interrupt.raised() && load_front()) {
    delivered += front_bytes_;
    const bool whole = loaded_ == Loaded::notice ? deliver_notice(interrupt) : deliver_records(interrupt);
    if (!whole) return target_is_away();
    pop_front();
    retry_delay_ = kFirstRetry;
  }
}

// Sees to it that something is loaded; false where there is nothing, or nothing that can be read now.
bool SpooledSink::load_front() {
  while (loaded_ == Loaded::nothing) {
    const auto front = log_->front();
    look_at_log();
    if (!front) {
      if (!log_->empty()) target_is_away();
      return false;
    }
    front_bytes_ = front->entry.size();
    const bool readable = front->entry.kind == EntryKind::notice ? load_notice(*front) : load_records(*front);
    if (!readable) pop_front();
  }
  return true;
}

bool SpooledSink::load_records(const SpoolLog::Front& front) {
  const std::uint32_t left = front.entry.records - front.settled;
  const auto records = decoder_.decode(front.entry.payload, record::SinkSet{1} << kBit, front_);
  if (records != front.entry.records) {  // its checksum is right: another version of logsniffd wrote it
    error_ = fmt::format("spool {}: {} records in a form that this version cannot read are lost", options_.path, left);
    shared_.dropped_for(DropReason::spool_damaged).add(left);
    shared_.spooled.subtract(left);
    shared_.spool_damaged.add();
    return false;
  }
  if (left == 0) return false;
  leftovers_.records.clear();
  leftovers_.add_rest(front_, kBit, front.settled);
  if (front.settled > 0) keep_in_front(leftovers_.records);
  front_in_order_ = true;
  loaded_ = Loaded::records;
  return true;
}

bool SpooledSink::load_notice(const SpoolLog::Front& front) {
  ByteReader reader(as_bytes(front.entry.payload));
  front_notice_time_ = PacketTime(Duration(static_cast<Duration::rep>(little_u64(reader))));
  if (!reader.ok()) return false;
  front_notice_ = as_text(reader.rest());
  loaded_ = Loaded::notice;
  return true;
}

// True where nothing is left of the front.
bool SpooledSink::deliver_records(Interrupt& interrupt) {
  leftovers_.records.clear();
  inner_->write(front_, kBit, interrupt);
  collect_trouble();
  std::vector<std::uint32_t>& left = leftovers_.records;
  const auto delivered = static_cast<std::uint32_t>(front_.size() - left.size());
  shared_.spooled.subtract(delivered);
  if (left.empty()) return true;
  std::sort(left.begin(), left.end());
  front_in_order_ = front_in_order_ && left.front() == delivered;
  if (delivered == 0) return false;
  log_->settle(delivered, front_in_order_);
  keep_in_front(left);
  return false;
}

bool SpooledSink::deliver_notice(Interrupt& interrupt) {
  const bool told = inner_->write_notice(front_notice_, front_notice_time_, interrupt);
  collect_trouble();
  return told;
}

// Makes front_ hold these of its records alone.
void SpooledSink::keep_in_front(std::span<const std::uint32_t> records) {
  encoder_.begin();
  for (const std::uint32_t i : records) encoder_.add(front_, i);
  [[maybe_unused]] const auto kept = decoder_.decode(encoder_.bytes(), record::SinkSet{1} << kBit, smaller_front_);
  assert(kept == records.size());
  std::swap(front_, smaller_front_);
}

void SpooledSink::pop_front() {
  loaded_ = Loaded::nothing;
  log_->pop_front();
  if (log_->empty()) spool_trouble_.clear();
}

}  // namespace logsniffd::sink
