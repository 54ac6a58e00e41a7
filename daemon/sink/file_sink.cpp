// Files below a fixed directory, one for each value of the path's template.
//
// Every file gets the lines of a batch in one write. Trouble with a file costs the batch's records of that file alone,
// counted; the next batch tries again, so recovery needs nobody. A file that was moved or deleted (logrotate) is
// noticed within a second of record time, and opened anew.
#include <fmt/format.h>

#include <cerrno>
#include <chrono>

#include "daemon/sink/log_files.hpp"
#include "daemon/sink/path_template.hpp"
#include "daemon/sink/sinks.hpp"

namespace logsniffd::sink {
namespace {

constexpr Duration kCheckInterval = std::chrono::seconds(1);
constexpr Duration kNoPatience{};                 // a regular file never says "later"
constexpr std::size_t kMaxPendingNotices = 4096;  // bytes

class FileSink final : public Sink {
 public:
  FileSink(PathTemplate path, RecordFormat format, unsigned mode)
      : path_(std::move(path)), format_(std::move(format)), mode_(mode) {}

  Status open() override {
    if (!path_.is_constant()) {
      auto prepared = prepare_directory(path_.directory());
      if (!prepared) return fail(Error::runtime(std::move(prepared.error().message)));
      return {};
    }
    LogFile& file = only_file();
    if (reopened(name_, file) != 0) return fail(Error::runtime(take_error()));
    return {};
  }

  void write(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) override {
    if (path_.is_constant()) {
      only_file().block.add(batch, index, format_);
    } else {
      distribute(batch, index, interrupt);
    }
    const PacketTime now = batch.empty() ? PacketTime{} : batch.header(batch.size() - 1).captured_at;
    for (auto& [name, file] : files_) flush(name, file, now, interrupt);
  }

  void write_notice(std::string_view text, PacketTime when, Interrupt& interrupt) override {
    if (path_.is_constant()) only_file();
    if (files_.empty()) {
      if (pending_notices_.size() < kMaxPendingNotices) format_.append_notice(text, when, pending_notices_);
      return;
    }
    // Whose records were lost is not known here, so every file that is open says that some may be missing.
    for (auto& [name, file] : files_) {
      if (ready(name, file, when, interrupt) != 0) continue;
      format_.append_notice(text, when, file.block.text());
      write_uncounted(name, file, interrupt);
    }
  }

  void reopen() override {
    files_.remove_all();
    if (path_.is_constant()) reopened(name_, only_file());
  }

 private:
  LogFile& only_file() {
    name_.clear();
    path_.expand({}, {}, name_);
    LogFile* file = files_.find(name_);
    return file != nullptr ? *file : files_.add(name_);
  }

  LogFile& file_named(const std::string& name, PacketTime now, Interrupt& interrupt) {
    if (LogFile* file = files_.find(name)) return *file;
    if (auto* oldest = files_.surplus()) {
      flush(oldest->first, oldest->second, now, interrupt);
      files_.remove(*oldest);
    }
    return files_.add(name);
  }

  // Formats each record for the file that its values name.
  void distribute(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if ((batch.header(i).sinks >> index & 1) == 0) continue;
      const record::LogRecord record = batch.record(i, fields_);
      const std::string_view filter = batch.filter_name(i);
      name_.clear();
      path_.expand(record, filter, name_);
      LogFile& file = file_named(name_, record.captured_at, interrupt);
      format_.append_line(record, filter, file.block.text());
      file.block.end_line();
    }
  }

  void flush(const std::string& name, LogFile& file, PacketTime now, Interrupt& interrupt) {
    if (file.block.empty()) return;
    WriteResult result{WriteOutcome::failed, ready(name, file, now, interrupt), 0};
    if (result.error == 0) result = write_block(name, file, interrupt);
    settle(file.block, result, counters_);
    if (path_.is_constant()) {
      file.block.clear();
    } else {
      file.block.shrink();  // 128 buffers would be kept otherwise
    }
  }

  // Makes the file ready to be written at `now`; an errno where that fails.
  int ready(const std::string& name, LogFile& file, PacketTime now, Interrupt& interrupt) {
    // Record time may step back (a clock that was set, a file that is replayed).
    if (file.output && std::chrono::abs(now - file.checked_at) >= kCheckInterval) {
      file.checked_at = now;
      if (!is_still_at(file.identity, full_path(name))) file.output.reset();
    }
    if (file.output) return 0;
    if (const int error = reopened(name, file); error != 0) return error;
    file.checked_at = now;
    if (!pending_notices_.empty()) {
      LineBlock notices;
      notices.text() = std::exchange(pending_notices_, {});
      notices.end_line();
      report(name, file.output->write(notices, interrupt, kNoPatience));
    }
    return 0;
  }

  int reopened(const std::string& name, LogFile& file) {
    file.output.reset();
    auto opened = open_confined(path_.directory(), name, mode_);
    if (!opened) {
      error_ = std::move(opened.error().message);
      return opened.error().error;
    }
    file.identity = opened->identity;
    file.output.emplace(std::move(opened->fd), opened->torn);
    return 0;
  }

  WriteResult write_block(const std::string& name, LogFile& file, Interrupt& interrupt) {
    const WriteResult result = file.output->write(file.block, interrupt, kNoPatience);
    report(name, result);
    // A full disk is waited out; whatever else it is, a file opened anew may be rid of it.
    if (result.outcome == WriteOutcome::failed && drop_reason(result) != DropReason::no_space) file.output.reset();
    return result;
  }

  void write_uncounted(const std::string& name, LogFile& file, Interrupt& interrupt) {
    file.block.end_line();
    write_block(name, file, interrupt);
    file.block.clear();
  }

  void report(const std::string& name, const WriteResult& result) {
    if (result.outcome != WriteOutcome::done) error_ = fmt::format("writing {}: {}", full_path(name), describe(result));
  }

  [[nodiscard]] std::string full_path(const std::string& name) const {
    return fmt::format("{}/{}", path_.directory(), name);
  }

  PathTemplate path_;
  RecordFormat format_;
  unsigned mode_;
  LogFiles files_;
  std::string name_;
  std::vector<record::Field> fields_;
  std::string pending_notices_;  // for the first file that is opened
};

}  // namespace

Expected<std::unique_ptr<Sink>> make_file_sink(const FileSinkOptions& options) {
  auto path = PathTemplate::parse(options.path);
  if (!path) return fail(std::move(path.error()).within("path"));
  auto format = RecordFormat::compile(options.format);
  if (!format) return fail(std::move(format.error()).within("format"));
  return std::make_unique<FileSink>(std::move(*path), std::move(*format), options.mode);
}

}  // namespace logsniffd::sink
