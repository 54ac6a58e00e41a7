// Standard output, or one file that the user named (-o).
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "daemon/sink/file/line_output.hpp"
#include "daemon/sink/file/stream_sink.hpp"

namespace logsniffd::sink::file {
namespace {

// A reader that pauses (less, a stopped terminal) may pause as long as it likes; only Interrupt ends the wait.
constexpr Duration kPatience = std::chrono::hours(24 * 365);
constexpr mode_t kMode = 0666;  // less the umask, as with every tool that writes a file named by the user

class StreamSink final : public Sink {
 public:
  StreamSink(std::string path, format::RecordFormat format) : path_(std::move(path)), format_(std::move(format)) {}

  Status open() override {
    // Non-blocking: otherwise a FIFO without a reader would block the program forever.
    UniqueFd fd(path_.empty()
                    ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                    : ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, kMode));
    if (!fd.valid()) return fail(open_error(errno));
    if ((::fcntl(fd.get(), F_GETFL) & O_ACCMODE) == O_RDONLY) return fail(open_error(EBADF));
    output_.emplace(std::move(fd), false);
    return {};
  }

  void write(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) override {
    if (closed_ || !output_) return leave_rest(batch, index, 0, DropReason::io_error);
    block_.clear();
    block_.add(batch, index, format_);
    const WriteResult result = write_block(interrupt);
    const std::uint64_t written = count_written(block_, result, counters_);
    if (written < block_.lines()) leave_rest(batch, index, written, drop_reason(result));
  }

  bool write_notice(std::string_view text, PacketTime when, Interrupt& interrupt) override {
    if (closed_ || !output_) return false;
    block_.clear();
    format_.append_notice(text, when, block_.text());
    block_.end_line();
    return write_block(interrupt).outcome == WriteOutcome::done;
  }

 private:
  WriteResult write_block(Interrupt& interrupt) {
    const WriteResult result = output_->write(block_, interrupt, kPatience);
    if (result.outcome == WriteOutcome::failed) error_ = fmt::format("writing {}: {}", name(), describe(result));
    // The reader went away and will not come back: reported once, then only counted.
    closed_ = result.outcome == WriteOutcome::failed && result.error == EPIPE;
    return result;
  }

  [[nodiscard]] std::string name() const { return path_.empty() ? "standard output" : path_; }

  [[nodiscard]] Error open_error(int error) const {
    std::string hint;
    if (error == EACCES || error == EPERM) hint = "; choose a file that you may write to";
    if (error == ENOENT) hint = "; create its directory first";
    if (error == ENXIO) hint = "; nothing reads from it: start the reader first";
    if (error == EBADF) hint = "; it is closed: redirect it to a file, or use -o FILE";
    return Error::runtime(Error::system(name(), error).message() + hint);
  }

  std::string path_;
  format::RecordFormat format_;
  format::LineBlock block_;
  std::optional<LineOutput> output_;
  bool closed_ = false;
};

}  // namespace

Expected<std::unique_ptr<Sink>> make_stream_sink(const StreamSinkOptions& options) {
  auto format = format::RecordFormat::compile(options.format);
  if (!format) return fail(std::move(format.error()).within("format"));
  return std::make_unique<StreamSink>(options.path, std::move(*format));
}

}  // namespace logsniffd::sink::file
