#include "daemon/app/trial_sink.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/app/wiring.hpp"
#include "daemon/format/line_block.hpp"
#include "daemon/sink/file/line_output.hpp"
#include "daemon/sink/file/path_template.hpp"
#include "daemon/sink/file/rotated_name.hpp"
#include "daemon/sink/journald/journal_entry.hpp"
#include "daemon/text/escape.hpp"

namespace logsniffd::app {
namespace {

constexpr Duration kWritePatience = std::chrono::seconds(10);  // a file never makes anybody wait
constexpr std::size_t kLengthBytes = 8;                        // before a journal field's value with a LF in it

class StreamLines {
 public:
  explicit StreamLines(format::RecordFormat format) : format_(std::move(format)) {}

  void append(const record::LogRecord& record, std::string_view filter, std::string& out) {
    format_.append_line(record, filter, out);
  }

 private:
  format::RecordFormat format_;
};

class FileLines {
 public:
  FileLines(sink::file::PathTemplate path, format::RecordFormat format)
      : path_(std::move(path)), format_(std::move(format)) {}

  void append(const record::LogRecord& record, std::string_view filter, std::string& out) {
    if (!path_.is_constant()) append_path(record, filter, out);
    format_.append_line(record, filter, out);
  }

 private:
  void append_path(const record::LogRecord& record, std::string_view filter, std::string& out) {
    next_.clear();
    path_.expand(record, filter, next_);
    if (next_ == current_) return;
    std::swap(next_, current_);
    out.append("==> ").append(path_.directory());
    if (!out.ends_with('/')) out.push_back('/');
    out.append(current_).append(" <==\n");
  }

  sink::file::PathTemplate path_;
  format::RecordFormat format_;
  std::string current_;
  std::string next_;
};

class SyslogLines {
 public:
  explicit SyslogLines(sink::syslog::OutgoingMessages messages) : messages_(std::move(messages)) {}

  void append(const record::LogRecord& record, std::string_view, std::string& out) {
    messages_.form.append(record, format::Author::sender, messages_.limit, out);
    out.push_back('\n');
  }

 private:
  sink::syslog::OutgoingMessages messages_;
};

class JournalLines {
 public:
  explicit JournalLines(sink::journald::JournalEntry entry) : entry_(std::move(entry)) {}

  void append(const record::LogRecord& record, std::string_view filter, std::string& out) {
    fields_.clear();
    entry_.append(record, filter, fields_);
    for (std::string_view rest = fields_; !rest.empty();) append_field(rest, out);
    out.push_back('\n');
  }

 private:
  // Reads one field off `rest`, in the form that append_journal_field() gives it.
  static void append_field(std::string_view& rest, std::string& out) {
    const std::size_t name = rest.find_first_of("=\n");
    std::size_t value = name + 1;
    std::size_t size = 0;
    if (rest[name] == '=') {
      size = rest.find('\n', value) - value;
    } else {
      for (std::size_t i = kLengthBytes; i > 0; --i) size = size << 8 | static_cast<unsigned char>(rest[name + i]);
      value += kLengthBytes;
    }
    out.append(rest.substr(0, name)).push_back('=');
    text::append_escaped(rest.substr(value, size), out);
    out.push_back('\n');
    rest.remove_prefix(value + size + 1);
  }

  sink::journald::JournalEntry entry_;
  std::string fields_;
};

template <class Lines>
class TrialSink final : public sink::Sink {
 public:
  TrialSink(Lines lines, UniqueFd file, TrialOutput& output)
      : lines_(std::move(lines)), file_(std::move(file), false), output_(output) {}

  Status open() override { return {}; }

  void write(const record::RecordBatch& batch, unsigned index, sink::Interrupt& interrupt) override {
    block_.clear();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if ((batch.header(i).sinks >> index & 1) == 0) continue;
      const Integrity integrity = batch.header(i).integrity;
      if (integrity != Integrity::whole) ++output_.damaged[integrity];
      lines_.append(batch.record(i, fields_), batch.filter_name(i), block_.text());
      block_.end_line();
    }
    const sink::WriteResult result = file_.write(block_, interrupt, kWritePatience);
    if (result.outcome == sink::WriteOutcome::failed) error_ = "writing a temporary file: " + describe(result);
    const std::uint64_t written = sink::file::count_written(block_, result, counters_);
    if (written < block_.lines()) leave_rest(batch, index, written, drop_reason(result));
  }

  // A replay loses records only if the temporary file cannot be written, and then the command fails anyway.
  bool write_notice(std::string_view, PacketTime, sink::Interrupt&) override { return true; }

 private:
  Lines lines_;
  sink::file::LineOutput file_;
  TrialOutput& output_;
  format::LineBlock block_;
  std::vector<record::Field> fields_;
};

// One function for each type of target.
Expected<StreamLines> lines_of(const config::StandardOutputTarget& standard_output) {
  auto format = format::RecordFormat::compile(standard_output.format);
  if (!format) return fail(std::move(format.error()));
  return StreamLines(std::move(*format));
}

Expected<FileLines> lines_of(const config::FileTarget& file) {
  const std::size_t room = file.rotation ? sink::file::kRotatedExtra : 0;
  auto path = sink::file::PathTemplate::parse(file.path, sink::file::PathTemplate::kMaxComponent - room);
  if (!path) return fail(std::move(path.error()));
  auto format = format::RecordFormat::compile(file.format);
  if (!format) return fail(std::move(format.error()));
  return FileLines(std::move(*path), std::move(*format));
}

Expected<SyslogLines> lines_of(const config::SyslogTarget& syslog) {
  auto messages = sink::syslog::outgoing_messages(syslog_options(syslog));
  if (!messages) return fail(std::move(messages.error()));
  return SyslogLines(std::move(*messages));
}

Expected<JournalLines> lines_of(const config::JournaldTarget& journald) {
  auto identifier = format::RecordFormat::compile(journald.identifier);
  if (!identifier) return fail(std::move(identifier.error()));
  return JournalLines(sink::journald::JournalEntry(std::move(*identifier)));
}

Error no_file() { return Error::system("making a temporary file", errno); }

Expected<UniqueFd> duplicate(int fd) {
  UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!copy.valid()) return fail(no_file());
  return copy;
}

}  // namespace

Expected<TrialOutput> TrialOutput::create() {
  std::FILE* const stream = std::tmpfile();
  if (stream == nullptr) return fail(no_file());
  auto file = duplicate(::fileno(stream));
  std::fclose(stream);
  if (!file) return fail(std::move(file.error()));
  return TrialOutput{std::move(*file), {}};
}

Expected<std::unique_ptr<sink::Sink>> make_trial_sink(const config::Sink& sink, TrialOutput& output) {
  auto file = duplicate(output.file.get());
  if (!file) return fail(std::move(file.error()));
  return std::visit(
      [&](const auto& target) -> Expected<std::unique_ptr<sink::Sink>> {
        auto lines = lines_of(target);
        if (!lines) return fail(std::move(lines.error()));
        return std::make_unique<TrialSink<std::decay_t<decltype(*lines)>>>(std::move(*lines), std::move(*file), output);
      },
      sink.target);
}

}  // namespace logsniffd::app
