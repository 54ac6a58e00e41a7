#include "daemon/capture/file_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "daemon/capture/input_window.hpp"
#include "daemon/capture/pcap_format.hpp"
#include "daemon/capture/pcapng_format.hpp"

namespace logsniffd::capture {
namespace {

constexpr std::size_t kMagicBytes = 4;

// Those that are not read directly (decompressor.hpp).
struct Compression {
  std::array<std::uint8_t, kMagicBytes> magic;
  std::size_t magic_bytes;
  std::string_view name;
  std::string_view reader;  // the command that undoes it
};
constexpr std::array<Compression, 3> kCompressions = {{{{0xFD, '7', 'z', 'X'}, 4, "xz", "xzcat"},
                                                       {{'B', 'Z', 'h'}, 3, "bzip2", "bzcat"},
                                                       {{0x02, 0x21, 0x4C, 0x18}, 4, "lz4 -l", "lz4cat"}}};

Error not_a_capture_file(Bytes magic, const std::string& path) {
  for (const Compression& known : kCompressions) {
    if (std::equal(known.magic.begin(), known.magic.begin() + known.magic_bytes, magic.begin())) {
      return Error::runtime(fmt::format("compressed with {}; read it with: {} {} | logsniffd sniff -r -", known.name,
                                        known.reader, path == "-" ? "FILE" : path));
    }
  }
  return Error::runtime("not a capture file: neither pcap nor pcapng; convert it, or capture again");
}

// Lets through what the user's expression matches, and counts the rest.
class ExpressionFilter final : public PacketObserver {
 public:
  ExpressionFilter(BpfExpression& expression, PacketObserver& next, std::uint64_t& refused)
      : expression_(expression), next_(next), refused_(refused) {}

  void on_packet(const RawPacket& packet) override {
    if (expression_.matches(packet)) {
      next_.on_packet(packet);
    } else {
      ++refused_;
    }
  }

 private:
  BpfExpression& expression_;
  PacketObserver& next_;
  std::uint64_t& refused_;
};

// Packets on their way to the observer. Their bytes lie in the window, so they are flushed before it moves.
class Burst {
 public:
  explicit Burst(PacketObserver& observer) : observer_(observer) {}
  ~Burst() { flush(); }
  Burst(const Burst&) = delete;
  Burst& operator=(const Burst&) = delete;

  RawPacket& next() { return packets_[count_]; }
  void add() {
    if (++count_ == packets_.size()) flush();
  }
  void flush() {
    if (count_ > 0) observer_.on_packets(std::span(packets_).first(count_));
    count_ = 0;
  }

 private:
  PacketObserver& observer_;
  std::size_t count_ = 0;
  std::array<RawPacket, kMaxBurst> packets_;
};

template <class Format>
Expected<ReadStatus> read_packets(Format& format, InputWindow& input, PacketObserver& observer, std::size_t budget) {
  Burst burst(observer);
  while (budget > 0) {
    if (!format.keeps_names(input.unread())) burst.flush();
    const RecordCut cut = format.next(input.unread(), burst.next());
    switch (cut.kind) {
      case RecordCut::Kind::packet:
        burst.add();
        [[fallthrough]];
      case RecordCut::Kind::no_packet:  // costs budget too: the caller gets its turn whatever the file contains
        input.consume(cut.bytes);
        --budget;
        break;
      case RecordCut::Kind::damaged:
        return fail(Error::runtime(fmt::format("damaged at byte {}: {}", input.offset(), cut.damage)));
      case RecordCut::Kind::incomplete: {
        burst.flush();
        const auto filled = input.fill(cut.bytes);
        if (!filled) return fail(filled.error());
        if (*filled == InputWindow::Fill::enough) break;
        if (*filled == InputWindow::Fill::not_now) return ReadStatus::idle;
        if (*filled == InputWindow::Fill::more_later) return ReadStatus::more;
        if (input.unread().empty()) return ReadStatus::end;
        return fail(Error::runtime(fmt::format(
            "ends inside the packet that starts at byte {}; all packets before it were read", input.offset())));
      }
    }
  }
  return ReadStatus::more;
}

}  // namespace

struct FileSource::State {
  using Fill = InputWindow::Fill;

  std::string path;
  InputWindow input;
  std::variant<std::monostate, PcapFormat, PcapngFormat> format;  // monostate: its first bytes have not come yet
  std::optional<BpfExpression> expression;
  std::uint64_t refused = 0;
  bool decompressed = false;

  // Finds the format. Returns `enough` once it is known; `not_now` or `more_later` if its first bytes have not come yet.
  Expected<Fill> recognize() {
    if (!std::holds_alternative<std::monostate>(format)) return Fill::enough;
    auto first = need(kMagicBytes, "too short to be a capture file");
    if (!first || *first != Fill::enough) return first;
    const Bytes magic = input.unread().first(kMagicBytes);
    if (!decompressed) {
      auto decompressor = Decompressor::for_file(magic);
      if (!decompressor) return fail(decompressor.error());
      decompressed = *decompressor != nullptr;
      if (decompressed) {
        input = InputWindow::decompressing(std::move(input), std::move(*decompressor));
        return recognize();
      }
    }
    if (PcapngFormat::recognizes(magic)) {
      format = PcapngFormat();
      return Fill::enough;
    }
    if (!PcapFormat::recognizes(magic)) return fail(not_a_capture_file(magic, path));
    const std::size_t header = PcapFormat::file_header_bytes(magic);
    auto whole = need(header, "ends inside the file header");
    if (!whole || *whole != Fill::enough) return whole;
    auto pcap = PcapFormat::from_header(input.unread().first(header));
    if (!pcap) return fail(pcap.error());
    input.consume(header);
    format = *pcap;
    return Fill::enough;
  }

  // Reads packets. Errors do not name the file yet: named() adds that.
  Expected<ReadStatus> read(PacketObserver& observer, std::size_t budget) {
    const auto known = recognize();
    if (!known) return fail(known.error());
    if (*known != Fill::enough) return *known == Fill::more_later ? ReadStatus::more : ReadStatus::idle;
    if (auto* const pcap = std::get_if<PcapFormat>(&format)) return read_packets(*pcap, input, observer, budget);
    return read_packets(std::get<PcapngFormat>(format), input, observer, budget);
  }

  Error named(Error error) const { return std::move(error).within(path == "-" ? "standard input" : path); }

 private:
  Expected<Fill> need(std::size_t count, const char* otherwise) {
    auto filled = input.fill(count);
    if (!filled || *filled != Fill::end) return filled;
    return fail(Error::runtime(input.unread().empty() ? "empty; not a capture file" : otherwise));
  }
};

FileSource::FileSource(std::unique_ptr<State> state) : state_(std::move(state)) {}
FileSource::~FileSource() = default;

Expected<std::unique_ptr<FileSource>> FileSource::open(const std::string& path, const std::string& expression) {
  auto input = InputWindow::open(path);
  if (!input) return fail(Error(input.error()).within(path == "-" ? "standard input" : path));
  auto state = std::make_unique<State>(State{path, std::move(*input), {}, {}, 0});
  if (!expression.empty()) state->expression.emplace(expression);
  if (const auto known = state->recognize(); !known) return fail(state->named(known.error()));
  return std::unique_ptr<FileSource>(new FileSource(std::move(state)));
}

Expected<std::unique_ptr<FileSource>> FileSource::over(Bytes contents) {
  auto state = std::make_unique<State>(State{"capture", InputWindow::over(contents), {}, {}, 0});
  if (const auto known = state->recognize(); !known) return fail(state->named(known.error()));
  return std::unique_ptr<FileSource>(new FileSource(std::move(state)));
}

Expected<ReadStatus> FileSource::read(PacketObserver& observer, std::size_t budget) {
  Expected<ReadStatus> status = ReadStatus::end;
  if (state_->expression) {
    ExpressionFilter filter(*state_->expression, observer, state_->refused);
    status = state_->read(filter, budget);
  } else {
    status = state_->read(observer, budget);
  }
  if (!status) return fail(state_->named(status.error()));
  return status;
}

int FileSource::wait_fd() const { return state_->input.wait_fd(); }

// A pipe wakes the reader through wait_fd(); a minute is only a bound. A file is never waited for.
Duration FileSource::wait_limit() const { return wait_fd() < 0 ? Duration::zero() : std::chrono::minutes(1); }

CaptureStatistics FileSource::statistics() { return {.filtered_out = state_->refused}; }

}  // namespace logsniffd::capture
