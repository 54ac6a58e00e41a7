#include "daemon/spool/spool_log.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <numeric>

namespace logsniffd::spool {

Expected<std::unique_ptr<SpoolLog>> SpoolLog::open(const std::string& path, SpoolLimits limits) {
  auto folder = SpoolFolder::open(path);
  if (!folder) return fail(std::move(folder.error()));
  if (!*folder) return nullptr;
  return open(std::move(**folder), limits);
}

Expected<std::unique_ptr<SpoolLog>> SpoolLog::open(SpoolFolder folder, SpoolLimits limits) {
  auto position_file = SpoolPositionFile::open(folder.fd());
  if (!position_file) return fail(std::move(position_file.error()).within(folder.path()));
  std::unique_ptr<SpoolLog> log(new SpoolLog(std::move(folder), std::move(*position_file), limits));
  if (Status recovered = log->recover(); !recovered) return fail(std::move(recovered.error()));
  return log;
}

SpoolLog::SpoolLog(SpoolFolder folder, SpoolPositionFile position_file, SpoolLimits limits)
    : folder_(std::move(folder)), position_file_(std::move(position_file)), limits_(limits) {}

SpoolLog::~SpoolLog() { sync(); }

Status SpoolLog::recover() {
  start_ = position_file_.read();
  const auto numbers = folder_.segments();
  if (!numbers) return fail(numbers.error());
  for (const std::uint64_t number : *numbers) {
    if (number < start_.segment) {
      folder_.remove(number);  // delivered; its removal had not reached the disk
    } else if (Status recovered = recover_segment(number, start_); !recovered) {
      return recovered;
    }
  }
  const std::uint64_t last = numbers->empty() ? 0 : numbers->back();
  next_number_ = std::max({last, start_.segment, folder_.highest_aside()}) + 1;
  if (segments_.empty() || segments_.front().number != start_.segment) start_ = {};
  cursor_ = start_;
  note(start_);  // also takes the file's disk space now, before it is needed
  return {};
}

// Counts what is left in a segment, and cuts off its torn tail.
Status SpoolLog::recover_segment(std::uint64_t number, const SpoolPosition& position) {
  UniqueFd file = folder_.open_segment(number);
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) {
    if (set_aside(number)) return {};
    return fail(Error::system(fmt::format("{}: segment {}", folder_.path(), number), errno));
  }
  const int fd = file.get();
  const bool begun = number == position.segment;
  Segment segment{number, static_cast<std::uint64_t>(status.st_size), 0};
  std::uint64_t whole = 0;
  SegmentReader reader(std::move(file), number, begun ? position.offset : 0);
  while (const auto entry = reader.next(segment.bytes)) {
    const bool first = begun && reader.begin() == position.offset;
    segment.records += entry->records - (first ? std::min(entry->records, position.settled) : 0);
    whole = reader.offset();
  }
  damage_.places += reader.skipped_places();
  damage_.bytes += reader.skipped_bytes();
  if (whole == 0) {
    folder_.remove(number);
    return {};
  }
  if (whole < segment.bytes && ::ftruncate(fd, static_cast<off_t>(whole)) == 0) segment.bytes = whole;
  bytes_ += segment.bytes;
  segments_.push_back(segment);
  return {};
}

SpoolLog::Appended SpoolLog::append(const SpoolEntry& entry, SteadyTime now) {
  if (!has_room(entry.size())) return Appended::full;
  if (!prepare_segment(entry.size())) return Appended::failed;
  Segment& segment = segments_.back();
  sealed_.clear();
  append_entry(entry, segment.number, sealed_);
  if (!write(sealed_)) {
    report("writing to it");
    // If the trace cannot be removed, nothing may follow it.
    if (::ftruncate(writer_.get(), static_cast<off_t>(segment.bytes)) != 0) writer_.reset();
    if (segment.bytes == 0) {
      writer_.reset();
      folder_.remove(segment.number);
      segments_.pop_back();
    }
    return Appended::failed;
  }
  segment.bytes += sealed_.size();
  segment.records += entry.records;
  bytes_ += sealed_.size();
  if (!unsynced_since_) unsynced_since_ = now;
  return Appended::done;
}

// Makes the last segment one to which `bytes` can be written.
bool SpoolLog::prepare_segment(std::uint64_t bytes) {
  if (writer_.valid() && segments_.back().bytes + bytes <= limits_.segment) return true;
  sync();
  writer_ = folder_.create(next_number_);
  if (!writer_.valid()) {
    if (errno == EEXIST) ++next_number_;
    report("creating a file in it");
    return false;
  }
  segments_.push_back({next_number_++, 0, 0});
  return true;
}

bool SpoolLog::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t took = ::write(writer_.get(), text.data(), text.size());
    if (took < 0 && errno == EINTR) continue;
    if (took < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(took));
  }
  return true;
}

bool SpoolLog::empty() const {
  if (segments_.empty()) return true;
  const Segment& last = segments_.back();
  return last.number < cursor_.segment || (last.number == cursor_.segment && last.bytes <= cursor_.offset);
}

std::optional<SpoolLog::Front> SpoolLog::front() {
  while (!front_ && !empty()) {
    if (!reader_ && !open_reader()) return std::nullopt;
    front_ = reader_->next(segment_from(cursor_.segment)->bytes);
    if (!front_) {
      leave_segment();
      continue;
    }
    const bool at_start = cursor_.segment == start_.segment && reader_->begin() == start_.offset;
    front_settled_ = at_start ? std::min(start_.settled, front_->records) : 0;
    front_left_ = front_->records - front_settled_;
    front_delivered_ = 0;
  }
  if (!front_) return std::nullopt;
  return Front{*front_, front_settled_};
}

// The segment with that number, or else the next one.
std::deque<SpoolLog::Segment>::iterator SpoolLog::segment_from(std::uint64_t number) {
  return std::lower_bound(segments_.begin(), segments_.end(), number,
                          [](const Segment& segment, std::uint64_t wanted) { return segment.number < wanted; });
}

// REQUIRED: !empty().
bool SpoolLog::open_reader() {
  const std::uint64_t number = segment_from(cursor_.segment)->number;
  UniqueFd file = folder_.open_segment(number);
  if (!file.valid() && errno != ENOENT) {
    const Segment& segment = *segment_from(number);
    const std::uint64_t records = segment.records;
    if (!set_aside(number)) {
      report(fmt::format("segment {}", number));
      return false;
    }
    error_ += fmt::format(" ({} records)", records);
    // Otherwise appended entries would go where nobody reads.
    if (segment.number == segments_.back().number) writer_.reset();
  }
  if (number != cursor_.segment) cursor_ = {number, 0, 0};
  reader_.emplace(std::move(file), number, cursor_.offset);
  return true;
}

// Sets aside a segment that cannot be opened, for the reason in errno. Returns false, with errno unchanged, if that may
// pass by itself, or if the file must stay where it is.
bool SpoolLog::set_aside(std::uint64_t number) {
  const int reason = errno;
  const bool of_this_process = reason == EMFILE || reason == ENFILE || reason == ENOMEM || reason == EINTR;
  const std::uint64_t bytes = folder_.size_of(number);
  if (of_this_process || !folder_.set_aside(number)) {
    errno = reason;
    return false;
  }
  const bool counted =
      !segments_.empty() && segment_from(number) != segments_.end() && segment_from(number)->number == number;
  if (!counted) {
    ++damage_.places;
    damage_.bytes += bytes;
  }
  error_ = fmt::format("spool {}: segment {}: {}; it was set aside as {:016}.segment.aside, and will not be delivered",
                       folder_.path(), number, std::strerror(reason), number);
  return true;
}

void SpoolLog::settle(std::uint32_t records, bool from_first) {
  assert(front_ && records <= front_left_);
  front_left_ -= records;
  front_delivered_ += records;
  segment_from(cursor_.segment)->records -= records;
  if (!from_first) return;
  front_settled_ += records;
  if (passed_.empty()) note({cursor_.segment, reader_->begin(), front_settled_});
}

void SpoolLog::pass_front(std::uint64_t messages) {
  assert(front_);
  Segment& segment = *segment_from(cursor_.segment);
  segment.records -= front_left_;
  passed_.push_back({segment.number, reader_->begin(), front_delivered_ + front_left_, messages});
  passed_messages_ += messages;
  front_.reset();
  cursor_.offset = reader_->offset();
  if (cursor_.offset >= segment.bytes) leave_segment();
}

void SpoolLog::pop_front() {
  pass_front(0);
  confirm_all_but(passed_messages_);
}

SpoolLog::Appended SpoolLog::append_passed(const SpoolEntry& entry, std::uint64_t messages, SteadyTime now) {
  assert(empty());
  const Appended appended = append(entry, now);
  if (appended != Appended::done) return appended;
  Segment& segment = segments_.back();
  segment.records -= entry.records;
  passed_.push_back({segment.number, segment.bytes - entry.size(), entry.records, messages});
  passed_messages_ += messages;
  cursor_ = {segment.number, segment.bytes, 0};
  reader_.reset();
  return appended;
}

void SpoolLog::confirm_all_but(std::uint64_t messages) {
  bool any = false;
  while (!passed_.empty() && passed_messages_ - passed_.front().messages >= messages) {
    passed_messages_ -= passed_.front().messages;
    passed_.pop_front();
    any = true;
  }
  if (!any) return;
  note_delivered();
  remove_delivered_segments();
}

std::uint64_t SpoolLog::take_back(std::uint64_t messages) {
  std::uint64_t records = 0;
  const auto again = [&](std::uint64_t segment, std::uint64_t more) {
    segment_from(segment)->records += more;
    records += more;
  };
  if (front_) again(cursor_.segment, front_delivered_);
  front_.reset();
  reader_.reset();
  for (std::uint64_t taken = 0; taken < messages && !passed_.empty(); passed_.pop_back()) {
    const Passed& latest = passed_.back();
    again(latest.segment, latest.records);
    cursor_ = {latest.segment, latest.begin, 0};
    taken += latest.messages;
    passed_messages_ -= latest.messages;
  }
  return records;
}

// Nothing more can be read from the segment at the cursor. Records that it should still have held are lost.
void SpoolLog::leave_segment() {
  Segment& segment = *segment_from(cursor_.segment);
  if (segment.records > 0) {
    ++damage_.places;
    damage_.records += std::exchange(segment.records, 0);
  }
  if (segment.number == segments_.back().number) {
    cursor_.offset = segment.bytes;  // more may be appended
  } else {
    cursor_ = {segment.number + 1, 0, 0};
  }
  reader_.reset();
  remove_delivered_segments();
}

void SpoolLog::remove_delivered_segments() {
  while (!segments_.empty()) {
    const Segment& oldest = segments_.front();
    const bool read =
        oldest.number < cursor_.segment || (oldest.number == cursor_.segment && oldest.bytes <= cursor_.offset);
    if (!read || (!passed_.empty() && passed_.front().segment == oldest.number)) return;
    bytes_ -= oldest.bytes;
    folder_.remove(oldest.number);
    if (segments_.size() == 1) {
      writer_.reset();
      unsynced_since_.reset();
    }
    segments_.pop_front();
  }
}

void SpoolLog::sync() {
  if (!std::exchange(unsynced_since_, std::nullopt) || !writer_.valid()) return;
  if (::fdatasync(writer_.get()) != 0) report("flushing it to disk");
}

std::optional<Duration> SpoolLog::sync_due(SteadyTime now) const {
  if (!unsynced_since_) return std::nullopt;
  return std::max(Duration::zero(), *unsynced_since_ + kSyncInterval - now);
}

std::uint64_t SpoolLog::records() const {
  return std::accumulate(segments_.begin(), segments_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Segment& segment) { return sum + segment.records; });
}

// A restart continues with the oldest entry that was passed on, or else at the cursor.
void SpoolLog::note_delivered() {
  note(passed_.empty() ? cursor_ : SpoolPosition{passed_.front().segment, passed_.front().begin, 0});
}

// If it cannot be written, more entries come twice after a kill.
void SpoolLog::note(const SpoolPosition& position) {
  if (!position_file_.write(position)) report("writing its position");
}

void SpoolLog::report(std::string_view what) {
  error_ = fmt::format("spool {}: {}: {}", folder_.path(), what, std::strerror(errno));
}

}  // namespace logsniffd::spool
