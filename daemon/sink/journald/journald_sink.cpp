// journald, over its native protocol on our own socket.
//
// sd_journal_send(3) is not used: it blocks forever while journald hangs, and reports nothing if journald is not there.
// Several entries go with one system call; an entry that is too large for a datagram goes as a memory file, in its
// place among the others.
//
// BOUNDS  collects at most kMostEntries entries at a time, and no more once they have kEnoughBytes.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "daemon/format/line_block.hpp"
#include "daemon/sink/journald/journal_entry.hpp"
#include "daemon/sink/journald/journald_sink.hpp"
#include "daemon/sink/net/socket_timing.hpp"
#include "daemon/sink/net/target_connection.hpp"

namespace logsniffd::sink::journald {
namespace {

// journald requires that nothing in a passed memory file can change any more.
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

constexpr std::uint64_t kMostEntries = 64;
constexpr std::uint64_t kEnoughBytes = 256 << 10;
constexpr std::size_t kKeptBytes = 4 << 20;  // of the buffer, for the next entries

// Invalid, with errno, on failure.
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
  JournaldSink(JournalEntry entry, sink::net::Peer peer, sink::net::SocketTiming timing)
      : entry_(std::move(entry)), connection_(std::move(peer), std::move(timing)) {}

  // If it fails, the sink still works: write() connects by itself.
  Status open() override {
    auto interrupt = Interrupt::create();
    if (!interrupt) return fail(std::move(interrupt.error()));
    return connection_.connect(*interrupt);
  }

  void write(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) override {
    const std::uint64_t count = batch.count_for(index);
    std::uint64_t collected = 0;
    std::uint64_t settled = 0;
    std::optional<DropReason> gave_up;
    for (std::uint32_t i = 0; collected < count && !gave_up; ++i) {
      if ((batch.header(i).sinks >> index & 1) == 0) continue;
      entry_.append(batch.record(i, fields_), batch.filter_name(i), entries_.text());
      entries_.end_line();
      numbers_.push_back(i);
      ++collected;
      const bool enough = entries_.lines() == kMostEntries || entries_.bytes() >= kEnoughBytes;
      if (enough || collected == count) gave_up = flush(batch, settled, interrupt);
    }
    if (gave_up) leave_rest(batch, index, settled, *gave_up);
    take_connection_error();
  }

  bool write_notice(std::string_view text, PacketTime when, Interrupt& interrupt) override {
    std::string entry;
    entry_.append_notice(text, when, entry);
    const bool reported = !connection_.send(entry, -1, interrupt);  // a notice is short
    take_connection_error();
    return reported;
  }

  void reopen() override { connection_.reopen(); }

 private:
  // Sends the collected entries, counts what became of each, and adds their number to `settled`. Returns why journald
  // takes nothing at the moment, if so; then the first entry that was not taken and all after it are not settled.
  std::optional<DropReason> flush(const record::RecordBatch& batch, std::uint64_t& settled, Interrupt& interrupt) {
    datagrams_.clear();
    for (std::uint64_t i = 0; i < entries_.lines(); ++i) datagrams_.push_back(entry(i));
    std::optional<DropReason> dropped;
    std::size_t done = 0;
    while (done < datagrams_.size() && !dropped) {
      std::size_t sent = 0;
      dropped = connection_.send_each(std::span(datagrams_).subspan(done), sent, interrupt);
      count_written(done, sent);
      done += sent;
      if (dropped) dropped = settle_one(batch, *dropped, done, interrupt);
    }
    settled += done;
    numbers_.clear();
    entries_.shrink(kKeptBytes);
    return dropped;
  }

  // Settles the entry number `done`, which was not sent for `reason`. Returns why it is pointless to try it, and the
  // rest, now.
  std::optional<DropReason> settle_one(const record::RecordBatch& batch, DropReason reason, std::size_t& done,
                                       Interrupt& interrupt) {
    const std::optional<DropReason> dropped =
        reason == DropReason::too_large ? send_as_file(datagrams_[done], interrupt) : reason;
    if (!dropped) {
      count_written(done, 1);
    } else if (concerns_one(*dropped)) {
      lose(batch, {&numbers_[done], 1}, *dropped);
    } else {
      return dropped;
    }
    ++done;
    return std::nullopt;
  }

  // Otherwise, trying the rest of the batch is pointless, or would break the order in which it is tried again.
  [[nodiscard]] bool concerns_one(DropReason reason) const {
    return reason == DropReason::too_large || (reason == DropReason::io_error && undelivered_ == nullptr);
  }

  std::string_view entry(std::uint64_t i) {
    const std::uint64_t begin = entries_.bytes_of(i);
    return std::string_view(entries_.text()).substr(begin, entries_.bytes_of(i + 1) - begin);
  }

  void count_written(std::uint64_t first, std::uint64_t count) {
    counters_.written.add(count);
    counters_.written_bytes.add(entries_.bytes_of(first + count) - entries_.bytes_of(first));
  }

  std::optional<DropReason> send_as_file(std::string_view text, Interrupt& interrupt) {
    const UniqueFd file = sealed_memory_file(text);
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
  sink::net::TargetConnection connection_;
  format::LineBlock entries_;           // collected, not sent yet
  std::vector<std::uint32_t> numbers_;  // of their records in the batch
  std::vector<std::string_view> datagrams_;
  std::vector<record::Field> fields_;
};

}  // namespace

Expected<std::unique_ptr<Sink>> make_journald_sink(const JournaldSinkOptions& options) {
  auto identifier = format::RecordFormat::compile(options.identifier);
  if (!identifier) return fail(std::move(identifier.error()).within("identifier"));
  auto peer = sink::net::unix_datagram_peer(options.socket);
  if (!peer) return fail(std::move(peer.error()).within("socket"));
  return std::make_unique<JournaldSink>(JournalEntry(std::move(*identifier)), std::move(*peer), options.timing);
}

}  // namespace logsniffd::sink::journald
