// A syslog daemon or collector: over a unix socket, UDP, or TCP with octet counting (RFC 6587, 3.4.1).
//
// glibc's syslog(3) is not used: it blocks while the daemon hangs, and loses without a word.
#include <fmt/format.h>

#include <optional>

#include "daemon/sink/connection.hpp"
#include "daemon/sink/sinks.hpp"
#include "daemon/sink/syslog_message.hpp"

namespace logsniffd::sink {
namespace {

constexpr std::size_t kMaxDatagram = 8192;
constexpr std::size_t kMinDatagram = 1024;  // cut further, a message would lose its header

class SyslogSink final : public Sink {
 public:
  SyslogSink(Peer peer, SyslogProtocol protocol, SocketTiming timing)
      : message_(protocol, peer.is_local()),
        octet_counting_(!peer.is_local()),
        connection_(std::move(peer), std::move(timing)) {}

  // Where it fails the sink is of use all the same: write() connects by itself.
  Status open() override {
    auto interrupt = Interrupt::create();
    if (!interrupt) return fail(std::move(interrupt.error()));
    return connection_.connect(*interrupt);
  }

  void write(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) override {
    const std::uint64_t records = batch.count_for(index);
    if (!connection_.ready(interrupt)) {
      counters_.dropped_for(DropReason::unreachable).add(records);
    } else if (connection_.is_stream()) {
      write_stream(batch, index, interrupt);
    } else {
      write_datagrams(batch, index, records, interrupt);
    }
    take_connection_error();
  }

  void write_notice(std::string_view text, PacketTime when, Interrupt& interrupt) override {
    record::LogRecord notice;
    notice.captured_at = when;
    notice.severity = record::Severity::warning;
    notice.message = text;
    if (connection_.ready(interrupt)) {
      if (connection_.is_stream()) {
        block_.clear();
        add_framed(notice);
        std::uint64_t sent = 0;
        (void)connection_.send_stream(block_, sent, interrupt);  // a notice is not counted
      } else {
        text_.clear();
        message_.append(notice, text_);
        (void)send(interrupt);
      }
    }
    take_connection_error();
  }

  void reopen() override { connection_.close(); }

 private:
  void write_stream(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) {
    block_.clear();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if ((batch.header(i).sinks >> index & 1) != 0) add_framed(batch.record(i, fields_));
    }
    std::uint64_t sent = 0;
    const std::optional<DropReason> dropped = connection_.send_stream(block_, sent, interrupt);
    counters_.written.add(sent);
    counters_.written_bytes.add(block_.bytes_of(sent));
    if (dropped) counters_.dropped_for(*dropped).add(block_.lines() - sent);
  }

  // "LENGTH SP message" over TCP; over a unix stream a NUL ends the message, as syslog(3) does it.
  void add_framed(const record::LogRecord& record) {
    text_.clear();
    message_.append(record, text_);
    if (octet_counting_) block_.text().append(fmt::format_int(text_.size()).c_str()).append(1, ' ');
    block_.text().append(text_);
    if (!octet_counting_) block_.text().push_back('\0');
    block_.end_line();
  }

  void write_datagrams(const record::RecordBatch& batch, unsigned index, std::uint64_t records, Interrupt& interrupt) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if ((batch.header(i).sinks >> index & 1) == 0) continue;
      text_.clear();
      message_.append(batch.record(i, fields_), text_);
      const std::optional<DropReason> dropped = send(interrupt);
      if (!dropped) {
        counters_.written.add();
        counters_.written_bytes.add(text_.size());
      } else if (concerns_one(*dropped)) {
        counters_.dropped_for(*dropped).add();
      } else {
        counters_.dropped_for(*dropped).add(records);
        return;
      }
      --records;
    }
  }

  // Otherwise it is in vain to try the rest of the batch.
  static bool concerns_one(DropReason reason) {
    return reason == DropReason::too_large || reason == DropReason::io_error;
  }

  // Sends text_, cut where it is larger than the target takes.
  std::optional<DropReason> send(Interrupt& interrupt) {
    shorten(text_, kMaxDatagram);
    std::optional<DropReason> dropped = connection_.send(text_, -1, interrupt);
    while (dropped == DropReason::too_large && text_.size() > kMinDatagram) {
      shorten(text_, std::max(text_.size() / 2, kMinDatagram));
      dropped = connection_.send(text_, -1, interrupt);
    }
    return dropped;
  }

  void take_connection_error() {
    if (std::string error = connection_.take_error(); !error.empty()) error_ = std::move(error);
  }

  SyslogMessage message_;
  bool octet_counting_;
  Connection connection_;
  std::string text_;
  LineBlock block_;
  std::vector<record::Field> fields_;
};

Expected<SyslogProtocol> parse_protocol(std::string_view name) {
  if (name == "rfc3164") return SyslogProtocol::rfc3164;
  if (name == "rfc5424") return SyslogProtocol::rfc5424;
  return fail(Error::usage(fmt::format("protocol: '{}' is neither rfc3164 nor rfc5424", name)));
}

}  // namespace

Expected<std::unique_ptr<Sink>> make_syslog_sink(const SyslogSinkOptions& options) {
  auto peer = parse_peer(options.target);
  if (!peer) return fail(std::move(peer.error()).within("to"));
  const auto protocol = parse_protocol(options.protocol);
  if (!protocol) return fail(protocol.error());
  return std::make_unique<SyslogSink>(std::move(*peer), *protocol, options.timing);
}

}  // namespace logsniffd::sink
