// A syslog daemon or collector: over a unix socket, UDP, or TCP and TLS with octet counting (RFC 6587, 3.4.1;
// RFC 5425).
//
// glibc's syslog(3) is not used: it blocks while the daemon hangs, and loses messages silently.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "daemon/sink/net/target_connection.hpp"
#include "daemon/sink/net/tls_context.hpp"
#include "daemon/sink/net/tls_options.hpp"
#include "daemon/sink/syslog/syslog_message.hpp"
#include "daemon/sink/syslog/syslog_sink.hpp"
#include "daemon/sink/undelivered.hpp"

namespace logsniffd::sink::syslog {
namespace {

// docs/decisions/0008-syslog-transport.md says why.
constexpr std::size_t kDatagram = 8192;
constexpr std::size_t kStreamed = 65536;
constexpr std::size_t kLargestUdp = 65507;  // the most that IPv4 carries
constexpr std::size_t kLargest = 1 << 20;
constexpr Duration kFlightGlance = std::chrono::seconds(1);  // between checks of what is in flight while idle

SyslogMessage message_form(const sink::net::Peer& peer, SyslogProtocol protocol, const SyslogSinkOptions& options) {
  return {protocol, peer.is_local(), {options.trust.value_or(!peer.is_local()), options.facility, options.tag}};
}

std::size_t datagram_limit(const sink::net::Peer& peer, const SyslogSinkOptions& options) {
  return std::min(options.max_size.value_or(kDatagram), peer.is_local() ? kLargest : kLargestUdp);
}

std::size_t stream_limit(const SyslogSinkOptions& options) { return options.max_size.value_or(kStreamed); }

class SyslogSink final : public Sink {
 public:
  SyslogSink(sink::net::Peer peer, SyslogProtocol protocol, const SyslogSinkOptions& options)
      : message_(message_form(peer, protocol, options)),
        local_(peer.is_local()),
        tls_(peer.kind == sink::net::PeerKind::tls ? std::optional(options.tls) : std::nullopt),
        max_datagram_(datagram_limit(peer, options)),
        max_streamed_(stream_limit(options)),
        connection_(std::move(peer), options.timing, options.tls) {}

  // If it fails, the sink still works: write() connects by itself. The worker waits for the answer of another host, so
  // that a dead one does not delay the daemon.
  Status open() override {
    if (tls_) {
      const auto usable = sink::net::TlsContext::create(*tls_);
      if (!usable) return fail(usable.error());
    }
    if (!local_) return {};
    auto interrupt = Interrupt::create();
    if (!interrupt) return fail(std::move(interrupt.error()));
    return connection_.connect(*interrupt);
  }

  void start(Interrupt& interrupt) override {
    if (undelivered_ != nullptr) connection_.keep_nothing();
    (void)connection_.ready(interrupt);
    take_news();
  }

  void write(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) override {
    if (!connection_.ready(interrupt)) {
      leave_rest(batch, index, 0, DropReason::unreachable);
    } else if (connection_.is_stream()) {
      write_stream(batch, index, interrupt);
    } else {
      write_datagrams(batch, index, interrupt);
    }
    take_news();
  }

  bool write_notice(std::string_view text, PacketTime when, Interrupt& interrupt) override {
    record::LogRecord notice;
    notice.captured_at = when;
    notice.severity = record::Severity::warning;
    notice.integrity = Integrity::gap;
    notice.message = text;
    const bool reported = connection_.ready(interrupt) && write_own(notice, interrupt);
    take_news();
    return reported;
  }

  void reopen() override { connection_.reopen(); }

  Duration maintain(Interrupt&) override {
    if (connection_.in_flight() == 0) return kNothingDue;
    connection_.maintain();
    take_news();
    return connection_.in_flight() > 0 ? kFlightGlance : kNothingDue;
  }

  void finish(Interrupt& interrupt) override {
    connection_.finish(interrupt);
    take_news();
  }

 private:
  void write_stream(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) {
    block_.clear();
    cut_.clear();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if ((batch.header(i).sinks >> index & 1) == 0) continue;
      if (!add_framed(batch.record(i, fields_), format::Author::sender)) cut_.push_back(block_.lines());
    }
    std::uint64_t sent = 0;
    const std::optional<DropReason> dropped = connection_.send_stream(block_, sent, interrupt);
    counters_.written.add(sent);
    counters_.truncated.add(
        static_cast<std::uint64_t>(std::upper_bound(cut_.begin(), cut_.end(), sent) - cut_.begin()));
    counters_.written_bytes.add(block_.bytes_of(sent));
    if (dropped) leave_rest(batch, index, sent, *dropped);
  }

  // "LENGTH SP message" over TCP; over a unix stream a NUL ends the message, as with syslog(3). Returns false if it
  // was cut.
  bool add_framed(const record::LogRecord& record, format::Author author) {
    text_.clear();
    const bool whole = message_.append(record, author, max_streamed_, text_);
    if (!local_) block_.text().append(fmt::format_int(text_.size()).c_str()).append(1, ' ');
    block_.text().append(text_);
    if (local_) block_.text().push_back('\0');
    block_.end_line();
    return whole;
  }

  void write_datagrams(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) {
    std::uint64_t settled = 0;
    for (std::uint32_t i = 0; i < batch.size(); ++i) {
      if ((batch.header(i).sinks >> index & 1) == 0) continue;
      const std::optional<DropReason> dropped = send(batch.record(i, fields_), format::Author::sender, interrupt);
      if (!dropped) {
        counters_.written.add();
        counters_.written_bytes.add(text_.size());
        if (!whole_) counters_.truncated.add();
      } else if (concerns_one(*dropped)) {
        lose(batch, {&i, 1}, *dropped);
      } else {
        return leave_rest(batch, index, settled, *dropped);
      }
      ++settled;
    }
  }

  // Otherwise, trying the rest of the batch is pointless, or would break the order in which it is tried again.
  [[nodiscard]] bool concerns_one(DropReason reason) const {
    return reason == DropReason::too_large || (reason == DropReason::io_error && undelivered_ == nullptr);
  }

  bool write_own(const record::LogRecord& notice, Interrupt& interrupt) {
    if (!connection_.is_stream()) return !send(notice, format::Author::daemon, interrupt);
    block_.clear();
    (void)add_framed(notice, format::Author::daemon);
    std::uint64_t sent = 0;
    return !connection_.send_stream(block_, sent, interrupt);
  }

  // Sends one datagram, and cuts it further if the target does not take it as it is.
  std::optional<DropReason> send(const record::LogRecord& record, format::Author author, Interrupt& interrupt) {
    for (std::size_t limit = max_datagram_;; limit = std::max(text_.size() / 2, SyslogMessage::kLeast)) {
      text_.clear();
      whole_ = message_.append(record, author, limit, text_);
      const std::optional<DropReason> dropped = connection_.send(text_, -1, interrupt);
      if (dropped != DropReason::too_large || text_.size() <= SyslogMessage::kLeast) return dropped;
    }
  }

  void take_news() {
    if (std::string error = connection_.take_error(); !error.empty()) error_ = std::move(error);
    const sink::net::Redelivery redelivery = connection_.take_redelivery();
    counters_.resent.add(redelivery.resent);
    counters_.unconfirmed.add(redelivery.unconfirmed);
    if (undelivered_ == nullptr) return;
    undelivered_->taken_back += redelivery.taken_back;
    undelivered_->in_flight = connection_.in_flight();
  }

  SyslogMessage message_;
  bool local_;
  std::optional<sink::net::TlsOptions> tls_;
  std::size_t max_datagram_;
  std::size_t max_streamed_;
  sink::net::TargetConnection connection_;
  std::string text_;
  bool whole_ = true;  // text_ is not cut
  format::LineBlock block_;
  std::vector<std::uint64_t> cut_;  // numbers of the cut lines in block_, from 1
  std::vector<record::Field> fields_;
};

Expected<SyslogProtocol> parse_protocol(std::string_view name) {
  if (name == "rfc3164") return SyslogProtocol::rfc3164;
  if (name == "rfc5424") return SyslogProtocol::rfc5424;
  return fail(Error::usage(fmt::format("protocol: '{}' is neither rfc3164 nor rfc5424", name)));
}

struct Target {
  sink::net::Peer peer;
  SyslogProtocol protocol;
};

Expected<Target> check(const SyslogSinkOptions& options) {
  auto peer = sink::net::parse_peer(options.target);
  if (!peer) return fail(std::move(peer.error()).within("to"));
  const auto protocol = parse_protocol(options.protocol);
  if (!protocol) return fail(protocol.error());
  if (options.max_size && (*options.max_size < SyslogMessage::kLeast || *options.max_size > kLargest)) {
    return fail(Error::usage(fmt::format("max_size: {} is out of range; use {} to {} bytes", *options.max_size,
                                         SyslogMessage::kLeast, kLargest)));
  }
  if (options.tls.certificate.empty() != options.tls.key.empty()) {
    return fail(Error::usage("tls: certificate and key need each other; give both"));
  }
  return Target{std::move(*peer), *protocol};
}

}  // namespace

Expected<std::unique_ptr<Sink>> make_syslog_sink(const SyslogSinkOptions& options) {
  auto target = check(options);
  if (!target) return fail(std::move(target.error()));
  return std::make_unique<SyslogSink>(std::move(target->peer), target->protocol, options);
}

Expected<OutgoingMessages> outgoing_messages(const SyslogSinkOptions& options) {
  const auto target = check(options);
  if (!target) return fail(target.error());
  const bool datagrams = target->peer.is_local() || target->peer.kind == sink::net::PeerKind::udp;
  return OutgoingMessages{message_form(target->peer, target->protocol, options),
                          datagrams ? datagram_limit(target->peer, options) : stream_limit(options)};
}

}  // namespace logsniffd::sink::syslog
