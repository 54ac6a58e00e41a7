// Random streams, cut into random segments, shuffled within a window, duplicated, overlapped and lost: what comes out equals what
// went in, or declares the gap.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "daemon/tcp/connection_table.hpp"
#include "tests/unit/tcp/recorded_streams.hpp"

namespace logsniffd::tcp::test {
namespace {

constexpr int kCases = 3000;   // LOGSNIFFD_PROPERTY_CASES asks for more

struct Piece {
  std::size_t offset;
  std::size_t size;
};

// Bytes that tell where they stood: no piece can be taken for another.
std::string numbered_stream(std::size_t size) {
  std::string stream;
  for (std::size_t i = 0; i < size; i += 4) {
    const auto word = static_cast<std::uint32_t>(i * 2654435761U);
    for (unsigned shift = 0; shift < 32; shift += 8) stream.push_back(static_cast<char>('A' + ((word >> shift) & 0xff) % 26));
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

// The stream with "<gap N>" where bytes are missing must spell the input, and the gaps must be where nothing was sent.
void expect_covers(const std::string& output, const std::string& input, const std::vector<bool>& sent) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < output.size();) {
    if (output[i] == '<') {
      const std::size_t end = output.find('>', i);
      if (output.compare(i, 5, "<gap ") != 0) {
        i = end + 1;
        continue;
      }
      const std::size_t missing = std::stoul(output.substr(i + 5, end - i - 5));
      for (std::size_t lost = 0; lost < missing; ++lost) ASSERT_FALSE(sent[at + lost]) << "byte " << at + lost << " was there";
      at += missing;
      i = end + 1;
      continue;
    }
    ASSERT_LT(at, input.size());
    ASSERT_EQ(output[i], input[at]) << "at offset " << at;
    ++at;
    ++i;
  }
}

void run_case(std::uint32_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string input = numbered_stream(1 + random() % 20'000);
  std::vector<Piece> pieces = cut(random, input.size());
  shuffle_within(random, pieces, 1 + random() % 8);
  const bool lossy = random() % 2 == 0;

  RecordedStreams streams;
  const TcpLimits limits{100, std::chrono::minutes(5), std::chrono::seconds(2), 1 << 20, 1 << 22};
  ConnectionTable table(limits, streams, random());
  const std::uint8_t raw[] = {10, 0, 0, 1};
  const Endpoint a{Address::from_ipv4(raw), 1};
  const Endpoint b{Address::from_ipv4(raw), 2};
  const auto isn = random() % 2 == 0 ? static_cast<std::uint32_t>(-static_cast<std::int32_t>(random() % 10'000))
                                     : static_cast<std::uint32_t>(random());
  PacketTime now{std::chrono::seconds(1000)};
  std::vector<bool> sent(input.size(), false);
  SegmentView segment;
  segment.flow = {a, b, Transport::tcp};
  segment.seq = isn;
  segment.flags = kSyn;
  table.add(segment, now);
  for (const Piece& piece : pieces) {
    if (lossy && random() % 20 == 0) continue;
    std::fill_n(sent.begin() + static_cast<std::ptrdiff_t>(piece.offset), piece.size, true);
    segment.seq = isn + 1 + static_cast<std::uint32_t>(piece.offset);
    segment.flags = kAck;
    segment.payload = as_bytes(std::string_view(input).substr(piece.offset, piece.size));
    now += std::chrono::microseconds(100);
    table.add(segment, now);
  }
  table.finish(now);

  const StreamCounters& c = table.counters();
  EXPECT_EQ(c.seen.get(), c.delivered.get() + c.duplicate.get() + c.outside_window.get() + c.buffered.get());
  EXPECT_EQ(c.conflicts.get(), 0U);
  EXPECT_EQ(c.delivered.get(), static_cast<std::uint64_t>(std::count(sent.begin(), sent.end(), true)));
  if (std::find(sent.begin(), sent.end(), true) == sent.end()) return;
  ASSERT_EQ(streams.all.size(), 1U);
  expect_covers(streams.all[0], input, sent);
}

TEST(ReassemblyProperty, RandomSegments_OutputEqualsInputOrDeclaresTheGap) {
  const char* const asked = std::getenv("LOGSNIFFD_PROPERTY_CASES");
  const int cases = asked != nullptr ? std::atoi(asked) : kCases;
  ASSERT_GT(cases, 0);
  for (int seed = 0; seed < cases && !HasFailure(); ++seed) run_case(static_cast<std::uint32_t>(seed));
}

}  // namespace
}  // namespace logsniffd::tcp::test
