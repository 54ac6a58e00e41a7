// journald, over its native protocol on a socket of our own.
//
// sd_journal_send(3) is not used: it blocks for ever while journald hangs, and says nothing where journald is not
// there.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "daemon/sink/connection.hpp"
#include "daemon/sink/journal_entry.hpp"
#include "daemon/sink/sinks.hpp"

namespace logsniffd::sink {
namespace {

// What journald requires of a passed memory file: nothing in it can change any more.
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

// Invalid, with errno, where it fails.
UniqueFd sealed_memory_file(std::string_view text) {
  UniqueFd fd(::memfd_create("logsniffd-journal-entry", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  while (fd.valid() && !text.empty()) {
    const ssize_t took = ::write(fd.get(), text.data(), text.size());
    if (took < 0 && errno == EINTR) continue;
    if (took < 0) return {};
    text.remove_prefix(static_cast<std::size_t>(took));
  }
  if (!fd.valid() || ::fcntl(fd.get(), F_ADD_SEALS, kSeals) != 0) return {};
  return fd;
}

class JournaldSink final : public Sink {
 public:
  JournaldSink(JournalEntry entry, Peer peer, SocketTiming timing)
      : entry_(std::move(entry)), connection_(std::move(peer), std::move(timing)) {}

  // Where it fails the sink is of use all the same: write() connects by itself.
  Status open() override {
    auto interrupt = Interrupt::create();
    if (!interrupt) return fail(std::move(interrupt.error()));
    return connection_.connect(*interrupt);
  }

  void write(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) override {
    std::uint64_t settled = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if ((batch.header(i).sinks >> index & 1) == 0) continue;
      const std::optional<DropReason> dropped = send(batch.record(i, fields_), batch.filter_name(i), interrupt);
      if (!dropped) {
        counters_.written.add();
        counters_.written_bytes.add(text_.size());
      } else if (concerns_one(*dropped)) {
        counters_.dropped_for(*dropped).add();
      } else {
        leave_rest(batch, index, settled, *dropped);
        break;
      }
      ++settled;
    }
    take_connection_error();
  }

  void write_notice(std::string_view text, PacketTime when, Interrupt& interrupt) override {
    record::LogRecord notice;
    notice.captured_at = when;
    notice.severity = record::Severity::warning;
    notice.integrity = Integrity::gap;
    notice.message = text;
    (void)send(notice, {}, interrupt);  // a notice is not counted
    take_connection_error();
  }

  void reopen() override { connection_.reopen(); }

 private:
  // Otherwise it is in vain to try the rest of the batch, or would break the order in which it is tried again.
  [[nodiscard]] bool concerns_one(DropReason reason) const {
    return reason == DropReason::too_large || (reason == DropReason::io_error && leftovers_ == nullptr);
  }

  std::optional<DropReason> send(const record::LogRecord& record, std::string_view filter, Interrupt& interrupt) {
    text_.clear();
    entry_.append(record, filter, text_);
    const std::optional<DropReason> dropped = connection_.send(text_, -1, interrupt);
    if (dropped != DropReason::too_large) return dropped;
    const UniqueFd file = sealed_memory_file(text_);
    if (!file.valid()) {
      error_ = fmt::format("making a memory file for a large record: {}", std::strerror(errno));
      return DropReason::too_large;
    }
    return connection_.send({}, file.get(), interrupt);
  }

  void take_connection_error() {
    if (std::string error = connection_.take_error(); !error.empty()) error_ = std::move(error);
  }

  JournalEntry entry_;
  Connection connection_;
  std::string text_;
  std::vector<record::Field> fields_;
};

}  // namespace

Expected<std::unique_ptr<Sink>> make_journald_sink(const JournaldSinkOptions& options) {
  auto identifier = RecordFormat::compile(options.identifier);
  if (!identifier) return fail(std::move(identifier.error()).within("identifier"));
  auto peer = unix_datagram_peer(options.socket);
  if (!peer) return fail(std::move(peer.error()).within("socket"));
  return std::make_unique<JournaldSink>(JournalEntry(std::move(*identifier)), std::move(*peer), options.timing);
}

}  // namespace logsniffd::sink
