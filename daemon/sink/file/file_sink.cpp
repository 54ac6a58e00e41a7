// Files below a fixed directory, one for each value of the path's template.
//
// Every file gets the lines of a batch in one write. A failing file costs only the batch's records for that file, and
// they are counted; the next batch tries again, so recovery needs no intervention (log_file.hpp).
#include <algorithm>

#include "daemon/sink/file/file_options.hpp"
#include "daemon/sink/file/file_sink.hpp"
#include "daemon/sink/file/open_files.hpp"
#include "daemon/sink/file/path_template.hpp"
#include "daemon/sink/undelivered.hpp"

namespace logsniffd::sink::file {
namespace {

constexpr std::size_t kMaxPendingNotices = 4096;  // bytes
constexpr std::size_t kKeptBuffer = 64 * 1024;    // kept for each of many files, from batch to batch
constexpr std::size_t kKeptNumbers = 4096;        // likewise

class FileSink final : public Sink {
 public:
  FileSink(PathTemplate path, format::RecordFormat format, const FileSinkOptions& options)
      : path_(std::move(path)),
        format_(std::move(format)),
        folder_{path_.directory(), options.mode, {}, {}, options.sync, options.timing, {}, counters_},
        files_(folder_) {
    if (!options.rotation) return;
    folder_.size = options.rotation->size;
    if (options.rotation->every) folder_.periods.emplace(*options.rotation->every);
    folder_.archivist.emplace(folder_.directory, options.rotation->archive,
                              Archivist::Seams{options.timing.wall, options.timing.archive_rested});
  }

  Status open() override {
    if (!path_.is_constant()) {
      auto prepared = prepare_directory(path_.directory());
      if (!prepared) return fail(Error::runtime(std::move(prepared.error().message)));
      return {};
    }
    if (only_file().open() != 0) return fail(Error::runtime(std::exchange(folder_.error, {})));
    return {};
  }

  void write(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) override {
    if (path_.is_constant()) {
      only_file().block.add(batch, index, format_);
    } else {
      distribute(batch, index, interrupt);
    }
    const PacketTime now = batch.empty() ? PacketTime{} : batch.header(batch.size() - 1).captured_at;
    flush(batch, index, now, interrupt);
    collect_error();
  }

  bool write_notice(std::string_view text, PacketTime when, Interrupt& interrupt) override {
    if (path_.is_constant()) only_file();
    if (files_.empty()) {
      if (pending_notices_.size() < kMaxPendingNotices) format_.append_notice(text, when, pending_notices_);
      return true;
    }
    // It is not known here whose records were lost, so every open file reports that some may be missing.
    bool reported = false;
    for (auto& [name, file] : files_) {
      format::LineBlock notice;
      format_.append_notice(text, when, notice.text());
      reported = write_uncounted(file, notice, when, interrupt) || reported;
    }
    collect_error();
    return reported;
  }

  void reopen() override {
    files_.forget_all();
    if (path_.is_constant()) only_file().open();
    collect_folder_error();
  }

  Duration maintain(Interrupt&) override {
    Duration rest = kNothingDue;
    for (auto& [name, file] : files_) rest = std::min(rest, file.maintain(path_.is_constant()));
    collect_error();
    return rest;
  }

 private:
  LogFile& only_file() {
    name_.clear();
    path_.expand({}, {}, name_);
    return files_.named(name_);
  }

  // Formats each record for the file that its values name.
  void distribute(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if ((batch.header(i).sinks >> index & 1) == 0) continue;
      const record::LogRecord record = batch.record(i, fields_);
      const std::string_view filter = batch.filter_name(i);
      name_.clear();
      path_.expand(record, filter, name_);
      if (files_.crowded()) flush(batch, index, record.captured_at, interrupt);
      LogFile& file = files_.named(name_);
      format_.append_line(record, filter, file.block.text());
      file.block.end_line();
      file.numbers.push_back(static_cast<std::uint32_t>(i));
    }
  }

  void flush(const record::RecordBatch& batch, unsigned index, PacketTime now, Interrupt& interrupt) {
    for (LogFile* const file : files_.with_lines()) {
      files_.make_room_for(*file);
      const WriteResult result = flush(*file, now, interrupt);
      const std::uint64_t written = count_written(file->block, result, counters_);
      if (written < file->block.lines()) leave_unwritten(*file, batch, index, written, drop_reason(result));
      clear(*file);
    }
    files_.forget_closed();
  }

  WriteResult flush(LogFile& file, PacketTime now, Interrupt& interrupt) {
    if (!pending_notices_.empty()) {
      format::LineBlock notices;
      notices.text() = std::exchange(pending_notices_, {});
      (void)write_uncounted(file, notices, now, interrupt);
    }
    return file.write(file.block, now, interrupt);
  }

  // All failures of a file are retryable.
  void leave_unwritten(const LogFile& file, const record::RecordBatch& batch, unsigned index, std::uint64_t written,
                       DropReason reason) {
    if (path_.is_constant()) return leave_rest(batch, index, written, reason);
    const auto unwritten = std::span(file.numbers).subspan(written);
    if (undelivered_ == nullptr) return lose(batch, unwritten, reason);
    undelivered_->reason = reason;
    undelivered_->records.insert(undelivered_->records.end(), unwritten.begin(), unwritten.end());
  }

  void clear(LogFile& file) const {
    if (path_.is_constant()) return file.block.clear();
    file.block.shrink(kKeptBuffer);
    file.numbers.clear();
    if (file.numbers.capacity() > kKeptNumbers) file.numbers.shrink_to_fit();
  }

  // Returns false if it was not written; folder_.error says why.
  static bool write_uncounted(LogFile& file, format::LineBlock& block, PacketTime now, Interrupt& interrupt) {
    block.end_line();
    return file.write(block, now, interrupt).outcome == WriteOutcome::done;
  }

  void collect_folder_error() {
    if (!folder_.error.empty()) error_ = std::exchange(folder_.error, {});
  }

  void collect_error() {
    collect_folder_error();
    if (!folder_.archivist) return;
    if (std::string error = folder_.archivist->take_error(); !error.empty()) error_ = std::move(error);
  }

  PathTemplate path_;
  format::RecordFormat format_;
  LogFolder folder_;
  OpenFiles files_;
  std::string name_;
  std::vector<record::Field> fields_;
  std::string pending_notices_;  // for the first file that is opened
};

Status check(const RotationOptions& rotation) {
  if (!rotation.size && !rotation.every) return fail(Error::usage("neither size nor every is given; give one of them"));
  if (rotation.size && *rotation.size == 0) return fail(Error::usage("size is 0; use 1 byte or more"));
  if (rotation.every && *rotation.every <= Duration::zero())
    return fail(Error::usage("every is not positive; use a positive time"));
  if (rotation.archive.keep == 0) return fail(Error::usage("keep is 0; use 1 or more"));
  return {};
}

}  // namespace

Expected<std::unique_ptr<Sink>> make_file_sink(const FileSinkOptions& options) {
  const std::size_t room = options.rotation ? kRotatedExtra : 0;
  auto path = PathTemplate::parse(options.path, PathTemplate::kMaxComponent - room);
  if (!path) return fail(std::move(path.error()).within("path"));
  auto format = format::RecordFormat::compile(options.format);
  if (!format) return fail(std::move(format.error()).within("format"));
  if (options.rotation) {
    Status checked = check(*options.rotation);
    if (!checked) return fail(std::move(checked.error()).within("rotate"));
  }
  return std::make_unique<FileSink>(std::move(*path), std::move(*format), options);
}

}  // namespace logsniffd::sink::file
