// One file of a file sink: opened when it is needed and again when it was moved or deleted, rotated between two lines,
// and brought to the disk as often as configured.
//
// THREAD     confined to the sink's worker.
// INVARIANT  a line is in one file, whole; a failed write loses only the lines that were not written.
// FAILURE    every failure is reported in folder.error and tried again: opening and writing with the next block, a
//            rotation after a back-off; until then the file keeps growing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/confined_file.hpp"
#include "daemon/sink/backoff.hpp"
#include "daemon/sink/file/line_output.hpp"
#include "daemon/sink/file/log_folder.hpp"

namespace logsniffd::sink::file {

class LogFile {
 public:
  LogFile(LogFolder& folder, std::string name) : folder_(folder), name_(std::move(name)) {}  // `folder` outlives it
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile();

  [[nodiscard]] const std::string& name() const { return name_; }  // below the folder

  // Opens the file now, closing an open one. Returns 0, or errno.
  int open();
  void close();
  [[nodiscard]] bool is_open() const { return output_.has_value(); }
  // Writes the lines; `now` is record time. result.bytes counts the lines that were written.
  [[nodiscard]] WriteResult write(format::LineBlock& lines, PacketTime now, Interrupt& interrupt);
  // Does the work that fell due with time alone, and returns how long until there may be more. A rotated file is opened
  // again only with `stay_open`.
  Duration maintain(bool stay_open);

  format::LineBlock block;  // the lines of the current batch for this file
  // The numbers of its records in the batch, one per line; none if all records of the batch go to one file.
  std::vector<std::uint32_t> numbers;
  std::uint64_t last_used = 0;

 private:
  int ready(PacketTime now);
  [[nodiscard]] bool period_over();
  [[nodiscard]] bool may_rotate() const;
  int rotate(bool stay_open);
  int rotation_failed(const std::string& message);
  void adopt(ConfinedFile file);
  [[nodiscard]] std::uint64_t room_for(const format::LineBlock& lines, std::uint64_t first) const;
  [[nodiscard]] std::uint64_t fitting(const format::LineBlock& lines, std::uint64_t first) const;
  void look_at_size();
  int sync_when_due();
  int bring_to_disk();
  void report(const std::string& what, int error);

  LogFolder& folder_;
  std::string name_;
  std::optional<LineOutput> output_;  // absent: not open yet, or failed
  FileIdentity identity_;
  PacketTime checked_at_{};  // when its name was last seen to lead to it
  std::uint64_t bytes_ = 0;  // in the file, as far as is known
  std::int64_t period_ = 0;  // in which its first line was written, as far as is known
  Stamp rotated_at_{};       // the latest stamp that was used
  std::optional<Backoff> rotation_trouble_;
  bool unsynced_ = false;
  SteadyTime synced_at_{};
};

}  // namespace logsniffd::sink::file
