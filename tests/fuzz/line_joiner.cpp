// Lines of some streams, gaps and leaps of time, as the input says. The records of each stream, split at LF, are its
// lines in order, each once, except the lines counted as skipped. Only the last line of a record marked truncated may
// lack its end. A gap leaves nothing of a stream waiting, so nothing is joined across it. The limits hold, the counters
// add up, and nothing is held at the end.
#include "daemon/framing/line_joiner.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>

namespace {

using namespace logsniffd;
using namespace logsniffd::framing;

void require(bool condition) {
  if (!condition) std::abort();
}

class StartsWithDigit final : public LineStart {
 public:
  [[nodiscard]] bool starts_record(Bytes line) const override {
    return !line.empty() && line.front() >= '0' && line.front() <= '9';
  }
};

// The lines that went into each stream and were neither output nor skipped yet.
class Expectation final : public JoinObserver {
 public:
  static constexpr std::size_t kStreams = 4;

  Expectation(std::uint64_t record_bytes, const Counter& skipped)
      : record_bytes_(record_bytes), skipped_(skipped), skipped_before_(skipped.get()) {}

  void line(JoinKey key, Bytes line) { lines_[key.stream].emplace_back(as_text(line)); }
  // The skipped lines of a stream come after the record that was cut and before all later output.
  void take_skipped(JoinKey key) {
    for (; skipped_before_ < skipped_.get(); ++skipped_before_) {
      require(!lines_[key.stream].empty());
      lines_[key.stream].pop_front();
    }
  }
  [[nodiscard]] bool nothing_waits(JoinKey key) const { return lines_[key.stream].empty(); }

  void on_joined(const RecordOrigin& origin, Bytes record, Integrity integrity) override {
    const JoinKey key = origin.key;
    require(record.size() <= record_bytes_);
    take_skipped(key);
    std::deque<std::string>& lines = lines_[key.stream];
    std::string_view text = as_text(record);
    for (bool more = true; more;) {
      const std::size_t end = text.find('\n');
      more = end != text.npos;
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(more ? end + 1 : text.size());
      require(!lines.empty());
      require(lines.front() == line || (!more && integrity == Integrity::truncated && lines.front().starts_with(line)));
      lines.pop_front();
    }
  }

 private:
  std::uint64_t record_bytes_;
  const Counter& skipped_;
  std::uint64_t skipped_before_;
  std::array<std::deque<std::string>, kStreams> lines_;
};

void check_sums(const LineJoiner& joiner) {
  const JoinCounters& counters = joiner.counters();
  require(unaccounted(counters) == 0);
  std::uint64_t flushed = 0;
  for (const Counter& by : counters.flushed_by) flushed += by.get();
  require(counters.records.get() == flushed);
}

}  // namespace

// The first byte chooses mode and limits. Lines follow, separated by LF. The first byte of each line chooses its
// stream, and what happens before it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const StartsWithDigit start;
  const auto mode = static_cast<JoinMode>(data[0] % 3);
  const std::uint64_t record_bytes = (data[0] & 0x40) != 0 ? 24 : 100'000;
  const std::uint64_t held = (data[0] & 0x80) != 0 ? 3 * kPendingCost + 1000 : 10'000'000;
  static LineJoiner joiner({0, 0});  // empty after each input; its first slab is too large to allocate for each
  Expectation expected(record_bytes, joiner.counters().skipped_lines);
  joiner.set_limits({record_bytes, held});
  PacketTime now{};
  Bytes rest = Bytes(data, size).subspan(1);
  while (!rest.empty()) {
    const std::size_t end = std::min(as_text(rest).find('\n'), rest.size());
    Bytes line = rest.first(end);
    rest = rest.subspan(std::min(end + 1, rest.size()));
    if (line.empty()) continue;
    const std::uint8_t what = line.front();
    line = line.subspan(1);
    const JoinKey key{what % std::uint32_t{Expectation::kStreams}, 0};
    const Duration timeout = std::chrono::milliseconds(what & 0x04 ? 100 : 1000);
    now += std::chrono::milliseconds((what & 0x08) != 0 ? 90 : 1);
    if ((what & 0x70) == 0x10)
      now = (what & 0x80) != 0 ? PacketTime::max() - std::chrono::hours(1) : now - std::chrono::hours(1);
    if ((what & 0x70) == 0x30) joiner.expire(now, expected);
    if ((what & 0x70) == 0x50) {
      joiner.flush(key, JoinEnd::gap, expected);
      require(expected.nothing_waits(key));
    }
    expected.line(key, line);
    joiner.line({.seen_at = now, .key = key}, {mode, &start, timeout}, line, Integrity::whole, expected);
    expected.take_skipped(key);
    require(joiner.held_bytes().get() <= held);
    check_sums(joiner);
  }
  joiner.flush_all(expected);
  for (std::uint32_t stream = 0; stream < Expectation::kStreams; ++stream) require(expected.nothing_waits({stream, 0}));
  check_sums(joiner);
  require(joiner.held_bytes().get() == 0 && joiner.counters().pending.get() == 0 && !joiner.expire_within(now));
  return 0;
}
