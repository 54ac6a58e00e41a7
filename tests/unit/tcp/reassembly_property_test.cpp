// Random streams, cut into random segments, shuffled within a window, duplicated, overlapped and lost, with or
// without the receiver's acknowledgements, and with pauses that exceed every timeout: the output equals the input or
// declares the gap.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "daemon/tcp/connection_table.hpp"
#include "tests/unit/tcp/recorded_streams.hpp"

namespace logsniffd::tcp::test {
namespace {

constexpr int kShuffledCases = 4000;  // LOGSNIFFD_PROPERTY_CASES can ask for more

struct Piece {
  std::size_t offset;
  std::size_t size;
};

// The conditions of a case. All of them follow from the seed.
struct Weather {
  explicit Weather(std::mt19937& random)
      : window(1 + random() % 8),
        loses(random() % 2 == 0),
        acknowledges(random() % 2 == 0),
        pauses(random() % 3 == 0),
        isn(random() % 2 == 0 ? static_cast<std::uint32_t>(-static_cast<std::int32_t>(random() % 10'000))
                              : static_cast<std::uint32_t>(random())) {}
  std::size_t window;
  bool loses;
  bool acknowledges;
  bool pauses;
  std::uint32_t isn;
};

// Bytes that show their offset, so that no piece can be mistaken for another.
std::string numbered_stream(std::size_t size) {
  std::string stream;
  for (std::size_t i = 0; i < size; i += 4) {
    const auto word = static_cast<std::uint32_t>(i * 2654435761U);
    for (unsigned shift = 0; shift < 32; shift += 8)
      stream.push_back(static_cast<char>('A' + ((word >> shift) & 0xff) % 26));
  }
  stream.resize(size);
  return stream;
}

std::vector<Piece> cut(std::mt19937& random, std::size_t size) {
  std::vector<Piece> pieces;
  for (std::size_t at = 0; at < size;) {
    const std::size_t length = std::min<std::size_t>(size - at, 1 + random() % 300);
    const std::size_t reach_back = std::min<std::size_t>(at, random() % 4 == 0 ? random() % 100 : 0);
    pieces.push_back({at - reach_back, length + reach_back});
    if (random() % 8 == 0) pieces.push_back(pieces.back());
    at += length;
  }
  return pieces;
}

void shuffle_within(std::mt19937& random, std::vector<Piece>& pieces, std::size_t window) {
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
    const std::size_t j = std::min(pieces.size() - 1, i + random() % window);
    if (random() % 3 == 0) std::swap(pieces[i], pieces[j]);
  }
}

// Follows the output of a stream through its input.
class Reader {
 public:
  Reader(const std::string& input, const std::vector<bool>& sent)
      : input_(input), sent_(sent), came_(input.size(), false) {}

  // Everything before this offset was read or skipped.
  [[nodiscard]] std::size_t reached() const { return reached_; }
  [[nodiscard]] bool came(std::size_t at) const { return came_[at]; }

  void skip(std::size_t bytes) {
    reached_ = std::min(reached_ + bytes, input_.size());
    at_ = reached_;
  }
  void go_to(std::size_t at) { at_ = at; }

  // Returns false if the text does not belong at this place or was read before.
  bool read(std::string_view text) {
    if (!fits(at_, text)) return false;
    std::fill_n(came_.begin() + static_cast<std::ptrdiff_t>(at_), text.size(), true);
    at_ += text.size();
    reached_ = std::max(reached_, at_);
    return true;
  }

 private:
  [[nodiscard]] bool fits(std::size_t at, std::string_view text) const {
    if (text != std::string_view(input_).substr(at, text.size())) return false;
    for (std::size_t i = at; i < at + text.size(); ++i)
      if (came_[i] || !sent_[i]) return false;
    return true;
  }

  const std::string& input_;
  const std::vector<bool>& sent_;
  std::vector<bool> came_;
  std::size_t reached_ = 0;
  std::size_t at_ = 0;
};

// One sender and its receiver, as the capture sees them.
class Sender {
 public:
  Sender(std::mt19937& random, std::string input, Endpoint from, Endpoint to)
      : weather_(random), input_(std::move(input)), sent_(input_.size(), false), pieces_(cut(random, input_.size())) {
    shuffle_within(random, pieces_, weather_.window);
    there_.flow = {from, to, Transport::tcp};
    back_.flow = {to, from, Transport::tcp};
    back_.flags = kAck;
  }

  void open(ConnectionTable& table, PacketTime now) {
    there_.seq = weather_.isn;
    there_.flags = kSyn;
    table.add(there_, now);
  }

  // Sends the next piece, or loses it on the way to the capture. Returns false if nothing is left.
  bool step(std::mt19937& random, ConnectionTable& table, PacketTime& now) {
    if (at_ == pieces_.size()) return false;
    const Piece piece = pieces_[at_++];
    const bool lost = weather_.loses && random() % 20 == 0;
    if (!lost) {
      std::fill_n(sent_.begin() + static_cast<std::ptrdiff_t>(piece.offset), piece.size, true);
      there_.seq = weather_.isn + 1 + static_cast<std::uint32_t>(piece.offset);
      there_.flags = kAck;
      there_.payload = as_bytes(std::string_view(input_).substr(piece.offset, piece.size));
      table.add(there_, now);
    }
    // The receiver has what the capture lost. It acknowledges a little late, or a moment before the data is captured.
    reached_ = std::max(reached_, piece.offset + piece.size);
    if (weather_.acknowledges && random() % 2 == 0) {
      back_.ack = weather_.isn + 1 + static_cast<std::uint32_t>(reached_);
      table.add(back_, now);
    }
    now += std::chrono::microseconds(100);
    if (weather_.pauses && random() % 10 == 0) now += std::chrono::milliseconds(random() % 5000);
    return true;
  }

  // The stream must spell the input, each byte once, with "<gap N>" for missing bytes and "<at N>" where it goes back
  // into a gap or out of it. Returns how many bytes were sent and are still missing.
  std::uint64_t expect_covered(const std::string& output) const {
    Reader reader(input_, sent_);
    for (std::size_t i = 0; i < output.size();) {
      const std::size_t mark = std::min(output.find('<', i), output.size());
      if (mark > i && !reader.read(std::string_view(output).substr(i, mark - i))) {
        ADD_FAILURE() << "wrong behind offset " << reader.reached();
        return 0;
      }
      if (mark == output.size()) break;
      i = output.find('>', mark) + 1;
      if (output.compare(mark, 5, "<gap ") == 0) reader.skip(std::stoul(output.substr(mark + 5)));
      if (output.compare(mark, 4, "<at ") == 0) reader.go_to(std::stoul(output.substr(mark + 4)));
    }
    // Every sent byte is there or lies in a gap. Only bytes lost at the end may be missing without a gap.
    for (std::size_t at = reader.reached(); at < input_.size(); ++at)
      EXPECT_FALSE(sent_[at]) << "byte " << at << " vanished";
    std::uint64_t given_up = 0;
    for (std::size_t at = 0; at < reader.reached(); ++at) given_up += std::uint64_t{sent_[at] && !reader.came(at)};
    return given_up;
  }

  [[nodiscard]] std::string_view input() const { return input_; }
  [[nodiscard]] bool sent_anything() const { return std::find(sent_.begin(), sent_.end(), true) != sent_.end(); }
  [[nodiscard]] std::uint64_t sent_bytes() const {
    return static_cast<std::uint64_t>(std::count(sent_.begin(), sent_.end(), true));
  }
  [[nodiscard]] const Weather& weather() const { return weather_; }

 private:
  Weather weather_;
  std::string input_;
  std::vector<bool> sent_;
  std::vector<Piece> pieces_;
  SegmentView there_;
  SegmentView back_;
  std::size_t at_ = 0;
  std::size_t reached_ = 0;
};

void run_case(std::uint32_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::uint8_t raw[] = {10, 0, 0, 1};
  const Endpoint a{Address::from_ipv4(raw), 1};
  const Endpoint b{Address::from_ipv4(raw), 2};
  Sender sender(random, numbered_stream(1 + random() % 20'000), a, b);

  RecordedStreams streams;
  streams.input = sender.input();
  const TcpLimits limits{100, std::chrono::minutes(5), std::chrono::seconds(2), 1 << 20, 1 << 22};
  ConnectionTable table(limits, streams, random());
  PacketTime now{std::chrono::seconds(1000)};
  sender.open(table, now);
  while (sender.step(random, table, now)) {
    const StreamCounters& c = table.counters();
    ASSERT_EQ(unaccounted(c), 0);
  }
  table.finish(now);

  const StreamCounters& c = table.counters();
  EXPECT_EQ(unaccounted(c), 0);
  EXPECT_EQ(c.buffered.get(), 0U);
  EXPECT_EQ(c.conflicts.get(), 0U);
  EXPECT_EQ(c.outside_window.get(), 0U);
  if (!sender.sent_anything()) return;
  ASSERT_EQ(streams.all.size(), 1U);
  const std::uint64_t given_up = sender.expect_covered(streams.all[0]);
  EXPECT_EQ(c.delivered.get() + given_up, sender.sent_bytes());
  EXPECT_GE(c.late.get(), given_up);
  // Without pauses and acknowledgements, nothing that arrives in the end may be given up.
  if (!sender.weather().pauses && !sender.weather().acknowledges) {
    EXPECT_EQ(given_up, 0U);
  }
  if (!sender.weather().loses && !sender.weather().pauses) {
    EXPECT_EQ(c.gaps.get(), 0U);
  }
}

TEST(ReassemblyProperty, RandomSegments_OutputEqualsInputOrDeclaresTheGap) {
  const char* const asked = std::getenv("LOGSNIFFD_PROPERTY_CASES");
  const int cases = asked != nullptr ? std::atoi(asked) : kShuffledCases;
  ASSERT_GT(cases, 0);
  for (int seed = 0; seed < cases && !HasFailure(); ++seed) run_case(static_cast<std::uint32_t>(seed));
}

}  // namespace
}  // namespace logsniffd::tcp::test
