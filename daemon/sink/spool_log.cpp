#include "daemon/sink/spool_log.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <numeric>

namespace logsniffd::sink {

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
  next_number_ = std::max(last, start_.segment) + 1;
  if (segments_.empty() || segments_.front().number != start_.segment) start_ = {};
  note(start_);  // also takes the file's room on disk now rather than in need
  return {};
}

// Counts what is left in a segment, and cuts its torn tail off. What cannot be opened is nothing to step over: it may
// hold the oldest records, whole.
Status SpoolLog::recover_segment(std::uint64_t number, const SpoolPosition& position) {
  UniqueFd file = folder_.open_segment(number);
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) {
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
    // Where the trace cannot be wiped out nothing may follow it.
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
    report("making a file in it");
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

std::optional<SpoolLog::Front> SpoolLog::front() {
  while (!front_ && !segments_.empty()) {
    if (!reader_ && !open_reader()) return std::nullopt;
    front_ = reader_->next(segments_.front().bytes);
    if (!front_) {
      remove_front_segment();
      continue;
    }
    const bool at_start = segments_.front().number == start_.segment && reader_->begin() == start_.offset;
    front_settled_ = at_start ? std::min(start_.settled, front_->records) : 0;
    front_left_ = front_->records - front_settled_;
  }
  if (!front_) return std::nullopt;
  return Front{*front_, front_settled_};
}

bool SpoolLog::open_reader() {
  const std::uint64_t number = segments_.front().number;
  UniqueFd file = folder_.open_segment(number);
  if (!file.valid() && errno != ENOENT) {  // no descriptors left, or the like
    report(fmt::format("segment {}", number));
    return false;
  }
  reader_.emplace(std::move(file), number, number == start_.segment ? start_.offset : 0);
  return true;
}

void SpoolLog::settle(std::uint32_t records, bool from_first) {
  assert(front_ && records <= front_left_);
  front_left_ -= records;
  segments_.front().records -= records;
  if (!from_first) return;
  front_settled_ += records;
  note({segments_.front().number, reader_->begin(), front_settled_});
}

void SpoolLog::pop_front() {
  assert(front_);
  Segment& segment = segments_.front();
  segment.records -= front_left_;
  front_.reset();
  note({segment.number, reader_->offset(), 0});
  if (reader_->offset() >= segment.bytes) remove_front_segment();
}

// Nothing more can be read from it. Records that it should have held are lost.
void SpoolLog::remove_front_segment() {
  const Segment& segment = segments_.front();
  if (segment.records > 0) {
    ++damage_.places;
    damage_.records += segment.records;
  }
  bytes_ -= segment.bytes;
  folder_.remove(segment.number);
  reader_.reset();
  if (segments_.size() == 1) {
    writer_.reset();
    unsynced_since_.reset();
  }
  segments_.pop_front();
}

void SpoolLog::sync() {
  if (!std::exchange(unsynced_since_, std::nullopt) || !writer_.valid()) return;
  if (::fdatasync(writer_.get()) != 0) report("bringing it to the disk");
}

std::optional<Duration> SpoolLog::sync_due(SteadyTime now) const {
  if (!unsynced_since_) return std::nullopt;
  return std::max(Duration::zero(), *unsynced_since_ + kSyncInterval - now);
}

std::uint64_t SpoolLog::records() const {
  return std::accumulate(segments_.begin(), segments_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Segment& segment) { return sum + segment.records; });
}

// Where it cannot be written, more comes twice after a kill.
void SpoolLog::note(const SpoolPosition& position) {
  if (!position_file_.write(position)) report("writing its position");
}

void SpoolLog::report(std::string_view what) {
  error_ = fmt::format("spool {}: {}: {}", folder_.path(), what, std::strerror(errno));
}

}  // namespace logsniffd::sink
