#include "daemon/own_log/own_log.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "daemon/base/unique_fd.hpp"
#include "daemon/format/journal_field.hpp"

namespace logsniffd::own_log {
namespace {

constexpr const char* kName = "logsniffd";
// How long a journald that is busy may hold up a message. One that hangs does so once.
constexpr timeval kPatience{.tv_sec = 0, .tv_usec = 100'000};

// What spdlog and syslog (RFC 5424 section 6.2.1) call a level.
struct LevelNames {
  spdlog::level::level_enum spdlog;
  char priority;
};
constexpr std::array<LevelNames, 4> kLevels{
    {{spdlog::level::debug, '7'}, {spdlog::level::info, '6'}, {spdlog::level::warn, '4'}, {spdlog::level::err, '3'}}};

const LevelNames& names_of(Level level) { return kLevels[static_cast<std::size_t>(level)]; }

// For an assertion: whether the event is documented to have these fields.
[[maybe_unused]] bool has(Event event, const Fields& fields) {
  return std::all_of(fields.begin(), fields.end(), [&](const Field& field) {
    return kind_of(event).fields.find(field.name) != std::string_view::npos;
  });
}

}  // namespace

bool journal_reads_standard_error() {
  const char* const stream = std::getenv("JOURNAL_STREAM");
  struct stat error {};
  return stream != nullptr && ::fstat(STDERR_FILENO, &error) == 0 &&
         fmt::format("{}:{}", error.st_dev, error.st_ino) == stream;
}

// Sends each message as a datagram. If nobody listens there, the message goes to standard error, with the priority in
// front that journald expects there (sd-daemon(3)): the journald that starts next reads it.
class OwnLog::JournalSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit JournalSink(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    to_.sun_family = AF_UNIX;
    path.copy(to_.sun_path, sizeof to_.sun_path - 1);
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  }

  // What the next message is about: spdlog carries only its text.
  void describe(Event event, const Fields& fields) {
    event_ = event;
    fields_ = &fields;
  }
  // Messages that journald did not take since the last one that it took.
  [[nodiscard]] std::uint64_t take_lost() { return std::exchange(lost_, 0); }
  [[nodiscard]] bool blocked() const { return blocked_; }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    using format::append_journal_field;
    const EventKind& kind = kind_of(event_);
    const std::string_view text(message.payload.data(), message.payload.size());
    entry_.clear();
    append_journal_field("MESSAGE", text, entry_);
    const char& priority = names_of(kind.level).priority;
    append_journal_field("PRIORITY", {&priority, 1}, entry_);
    append_journal_field("SYSLOG_IDENTIFIER", kName, entry_);
    append_journal_field("MESSAGE_ID", kind.id, entry_);
    append_journal_field("LOGSNIFFD_EVENT", kind.name, entry_);
    for (const Field& field : *fields_) append_journal_field(field.name, field.value, entry_);

    const int flags = MSG_NOSIGNAL | (blocked_ ? MSG_DONTWAIT : 0);
    const ssize_t sent = ::sendto(socket_.get(), entry_.data(), entry_.size(), flags,
                                  reinterpret_cast<const sockaddr*>(&to_), sizeof to_);
    blocked_ = sent < 0 && (errno == EAGAIN || errno == ENOBUFS);
    if (blocked_) ++lost_;
    if (sent < 0 && !blocked_) fmt::print(stderr, "<{}>{}\n", priority, text);
  }
  void flush_() override {}

 private:
  UniqueFd socket_;
  sockaddr_un to_{};
  Event event_{};
  const Fields* fields_ = nullptr;  // REQUIRED: describe() precedes each message
  std::string entry_;               // reused
  std::uint64_t lost_ = 0;
  bool blocked_ = false;  // journald did not take the latest message
};

OwnLog::OwnLog(OwnLogOptions options) : now_(std::move(options.now)) {
  if (options.journal) {
    journal_ = std::make_shared<JournalSink>(options.socket);
    logger_ = std::make_shared<spdlog::logger>(kName, journal_);
  } else {
    logger_ = std::make_shared<spdlog::logger>(kName, std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger_->set_pattern("%H:%M:%S.%e %l: %v");
  }
}

OwnLog::~OwnLog() {
  const std::scoped_lock lock(mutex_);
  close_windows(now_(), Duration::zero());
}

void OwnLog::set_level(const std::string& level) {
  const std::scoped_lock lock(mutex_);
  logger_->set_level(spdlog::level::from_str(level));
}

void OwnLog::write(Event event, std::string_view text, const Fields& fields) {
  assert(has(event, fields));
  const std::scoped_lock lock(mutex_);
  if (!logger_->should_log(names_of(kind_of(event).level).spdlog)) return;
  const SteadyTime now = now_();
  close_windows(now, kWindow);
  Window& window = windows_[static_cast<std::size_t>(event)];
  if (!window.began) window.began = now;
  if (window.written == kBurst) {
    ++window.suppressed;
    window.latest = text;
    return;
  }
  ++window.written;
  put(event, text, fields);
}

void OwnLog::report_suppressed() {
  const std::scoped_lock lock(mutex_);
  close_windows(now_(), kWindow);
}

void OwnLog::close_windows(SteadyTime now, Duration from) {
  for (std::size_t i = 0; i < kEvents; ++i) {
    if (!windows_[i].began || now - *windows_[i].began < from) continue;
    const Window window = std::exchange(windows_[i], {});
    if (window.suppressed == 0) continue;
    put(Event::suppressed,
        fmt::format("{} more messages like this within {} s: {}", window.suppressed, kWindow / std::chrono::seconds(1),
                    window.latest),
        {{"LOGSNIFFD_COUNT", std::to_string(window.suppressed)}, {"LOGSNIFFD_OF", std::string(kEventKinds[i].name)}});
  }
}

void OwnLog::put(Event event, std::string_view text, const Fields& fields) {
  if (journal_) journal_->describe(event, fields);
  logger_->log(names_of(kind_of(event).level).spdlog, spdlog::string_view_t(text.data(), text.size()));
  if (journal_ && !journal_->blocked()) report_lost();
}

void OwnLog::report_lost() {
  const std::uint64_t lost = journal_->take_lost();
  if (lost == 0) return;
  const Fields count{{"LOGSNIFFD_COUNT", std::to_string(lost)}};
  journal_->describe(Event::suppressed, count);
  logger_->warn("{} messages of this log were lost: the journal did not take them", lost);
}

}  // namespace logsniffd::own_log
