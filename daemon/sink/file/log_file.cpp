#include "daemon/sink/file/log_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "daemon/sink/file/rotate.hpp"

namespace logsniffd::sink::file {
namespace {

constexpr Duration kCheckInterval = std::chrono::seconds(1);
constexpr Duration kSyncInterval = std::chrono::seconds(1);
constexpr Duration kForever = std::chrono::hours(24);
constexpr Duration kClockGlance = std::chrono::minutes(1);  // the wall clock may be set during a sleep
constexpr Duration kNoPatience{};                           // a regular file never says "later"

}  // namespace

LogFile::~LogFile() { close(); }

int LogFile::open() {
  close();
  auto opened = open_confined(folder_.directory, name_, folder_.mode);
  if (!opened) {
    folder_.error = std::move(opened.error().message);
    return opened.error().error;
  }
  adopt(std::move(*opened));
  if (folder_.archivist) folder_.archivist->ask_once(name_);
  return 0;
}

void LogFile::adopt(ConfinedFile file) {
  identity_ = file.identity;
  bytes_ = file.size;
  if (folder_.periods) period_ = folder_.periods->index(file.size > 0 ? file.changed_at : folder_.timing.wall());
  // If a loss of power forgets a file's name, its lines are lost too.
  if (file.made && folder_.sync != SyncPolicy::never) sync_directory(file.parent.get());
  output_.emplace(std::move(file.fd), true);
}

WriteResult LogFile::write(format::LineBlock& lines, PacketTime now, Interrupt& interrupt) {
  WriteResult result;
  for (std::uint64_t done = 0; done < lines.lines() && result.outcome == WriteOutcome::done;) {
    if (const int error = ready(now); error != 0) return {WriteOutcome::failed, error, result.bytes};
    std::uint64_t count = fitting(lines, done);
    if (count == 0) {
      look_at_size();  // somebody may have truncated it (copytruncate)
      count = fitting(lines, done);
    }
    if (count == 0) {
      if (const int error = rotate(true); error != 0) return {WriteOutcome::failed, error, result.bytes};
      count = room_for(lines, done);
    }
    const WriteResult part = output_->write(lines, {done, done + count}, interrupt, kNoPatience);
    result.outcome = part.outcome;
    result.error = part.error;
    bytes_ += part.bytes;
    unsynced_ = unsynced_ || part.bytes > 0;
    done += count;
    if (part.outcome != WriteOutcome::done)
      folder_.error = "writing " + folder_.full_path(name_) + ": " + describe(part);
    if (const int error = sync_when_due(); error != 0 && folder_.sync == SyncPolicy::always) {
      return {WriteOutcome::failed, error, result.bytes};  // lines count only once they are on the disk
    }
    result.bytes += part.bytes;
    // A full disk is waited out; any other error may go away when the file is opened again.
    if (part.outcome == WriteOutcome::failed && drop_reason(part) != DropReason::no_space) close();
  }
  return result;
}

// Makes the file ready for writing. Returns 0, or errno.
int LogFile::ready(PacketTime now) {
  // Record time may step back (a clock that was set, a file that is replayed).
  if (output_ && std::chrono::abs(now - checked_at_) >= kCheckInterval) {
    checked_at_ = now;
    const auto size = size_where_still_at(identity_, folder_.full_path(name_));
    if (size) bytes_ = *size;
    if (!size) close();
  }
  if (!output_) {
    if (const int error = open(); error != 0) return error;
    checked_at_ = now;
  }
  return period_over() ? rotate(true) : 0;
}

bool LogFile::period_over() {
  if (!folder_.periods) return false;
  const std::int64_t period = folder_.periods->index(folder_.timing.wall());
  // A clock set back a little reaches the same end of a period again; one set back further had been wrong.
  if (bytes_ == 0 || period < period_ - 1) period_ = period;
  return period > period_ && may_rotate();
}

bool LogFile::may_rotate() const { return !rotation_trouble_ || rotation_trouble_->allows(folder_.timing.steady()); }

// How many lines, starting at `first`, fit into the file as it is.
std::uint64_t LogFile::fitting(const format::LineBlock& lines, std::uint64_t first) const {
  const std::uint64_t all = lines.lines() - first;
  if (!folder_.size || !may_rotate()) return all;
  const std::uint64_t room = *folder_.size - std::min(bytes_, *folder_.size);
  const std::uint64_t fitting = lines.lines_within(lines.bytes_of(first) + room) - first;
  return fitting == 0 && bytes_ == 0 ? 1 : fitting;  // a line larger than a file has its own file
}

// Like fitting(), after a rotation was tried.
std::uint64_t LogFile::room_for(const format::LineBlock& lines, std::uint64_t first) const {
  const std::uint64_t count = fitting(lines, first);
  return count == 0 ? lines.lines() - first : count;
}

// Returns an errno only if no file is open any more.
int LogFile::rotate(bool stay_open) {
  look_at_size();
  if (bytes_ == 0) return 0;
  auto aside = move_aside(folder_.directory, name_, identity_, rotated_at_, folder_.timing.wall());
  if (!aside && aside.error().error == kMovedAlready) return open();
  if (!aside) return rotation_failed(aside.error().message);
  if (stay_open) {
    auto opened = open_confined(folder_.directory, name_, folder_.mode);
    if (!opened) {
      // A growing file is better than none.
      if (move_back(*aside)) return rotation_failed(opened.error().message);
      folder_.error = std::move(opened.error().message);
      close();
      return opened.error().error;
    }
    close();
    adopt(std::move(*opened));
  } else {
    close();
  }
  rotated_at_ = aside->stamp;
  rotation_trouble_.reset();
  folder_.counters.rotated.add();
  if (folder_.sync != SyncPolicy::never) sync_directory(aside->parent.get());
  folder_.archivist->ask(name_);
  return 0;
}

// Reported once: until rotation works again, the consequence is the same.
int LogFile::rotation_failed(const std::string& message) {
  if (!rotation_trouble_) {
    rotation_trouble_.emplace();
    folder_.error = "rotation failed, and the current file stays in use: " + message;
  }
  folder_.counters.rotation_failed.add();
  rotation_trouble_->failed(folder_.timing.steady());
  return 0;
}

void LogFile::look_at_size() {
  struct stat status {};
  if (output_ && ::fstat(output_->fd(), &status) == 0) bytes_ = static_cast<std::uint64_t>(status.st_size);
}

Duration LogFile::maintain(bool stay_open) {
  if (!output_) return kForever;
  Duration rest = kForever;
  if (period_over()) rotate(stay_open);
  if (folder_.periods && output_) rest = std::min(folder_.periods->rest(folder_.timing.wall()), kClockGlance);
  sync_when_due();
  if (folder_.sync == SyncPolicy::interval && unsynced_)
    rest = std::min(rest, synced_at_ + kSyncInterval - folder_.timing.steady());
  return std::max(rest, Duration::zero());
}

int LogFile::sync_when_due() {
  if (!unsynced_ || !output_ || folder_.sync == SyncPolicy::never) return 0;
  if (folder_.sync == SyncPolicy::interval && folder_.timing.steady() - synced_at_ < kSyncInterval) return 0;
  return bring_to_disk();
}

int LogFile::bring_to_disk() {
  unsynced_ = false;
  synced_at_ = folder_.timing.steady();
  if (::fdatasync(output_->fd()) == 0) return 0;
  const int error = errno;
  report("flushing", error);
  output_.reset();  // the kernel forgets what it could not write; a file opened again starts clean
  return error;
}

void LogFile::close() {
  if (output_ && unsynced_ && folder_.sync != SyncPolicy::never) bring_to_disk();
  unsynced_ = false;
  output_.reset();
}

void LogFile::report(const std::string& what, int error) {
  folder_.error = fmt::format("{} {}: {}", what, folder_.full_path(name_), std::strerror(error));
}

}  // namespace logsniffd::sink::file
