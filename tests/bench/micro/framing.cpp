// How fast is a stream cut into frames? In memory, with 120-byte records, for each method, and what `auto` adds.
//
// The observer looks only at the size of each frame. `whole` gives 64 KiB per call. `segments` gives 1,448 bytes, as
// TCP does: one record in twelve crosses calls and is copied.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

#include "daemon/framing/stream_framer.hpp"

namespace {

using namespace logsniffd;
using framing::Method;

constexpr std::size_t kRecord = 120;
constexpr std::size_t kRecords = 8192;
constexpr std::size_t kWhole = 64 * 1024;
constexpr std::size_t kSegment = 1448;

class Sum final : public framing::FrameObserver {
 public:
  void on_frame(Bytes frame, Integrity) override {
    ++frames;
    bytes += frame.size();
  }
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
};

enum class Wire { lines, dated_lines, syslog_lines, counted, length };

std::string stream_of(Wire wire) {
  const std::string syslog = "<13>Oct 11 22:14:15 host app[1]: " + std::string(kRecord, 'm');
  std::string stream;
  for (std::size_t i = 0; i < kRecords; ++i) {
    switch (wire) {
      case Wire::lines:
        stream += std::string(kRecord - 1, 'm') + "\n";
        break;
      case Wire::dated_lines:
        stream += "2024-03-09 10:27:44 " + std::string(kRecord - 21, 'm') + "\n";
        break;
      case Wire::syslog_lines:
        stream += syslog.substr(0, kRecord - 1) + "\n";
        break;
      case Wire::counted:
        stream += "120 " + syslog.substr(0, kRecord);
        break;
      case Wire::length:
        stream += std::string("\0\0\0\x78", 4) + "{" + std::string(kRecord - 2, 'm') + "}";
        break;
    }
  }
  return stream;
}

void cut(benchmark::State& state, Wire wire, Method method, std::size_t piece) {
  const std::string stream = stream_of(wire);
  const framing::FramingOptions options{.method = method};
  framing::FramingContext context{{64 * 1024, 1U << 20}, {}};
  Sum sum;
  for (auto iteration : state) {
    framing::StreamFramer framer(options, false);
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      framer.bytes(context, options, as_bytes(std::string_view(stream).substr(at, piece)), sum);
    }
    framer.end(context, options, sum);
  }
  if (sum.frames != kRecords * static_cast<std::uint64_t>(state.iterations()))
    state.SkipWithError("frames are missing");
  benchmark::DoNotOptimize(sum.bytes);
  state.SetBytesProcessed(static_cast<std::int64_t>(stream.size()) * state.iterations());
  state.SetItemsProcessed(static_cast<std::int64_t>(kRecords) * state.iterations());
}

}  // namespace

BENCHMARK_CAPTURE(cut, lines_whole, Wire::lines, Method::lines, kWhole);
BENCHMARK_CAPTURE(cut, lines_segments, Wire::lines, Method::lines, kSegment);
BENCHMARK_CAPTURE(cut, lines_auto_whole, Wire::lines, Method::automatic, kWhole);
BENCHMARK_CAPTURE(cut, dated_lines_auto_whole, Wire::dated_lines, Method::automatic, kWhole);
BENCHMARK_CAPTURE(cut, syslog_lines_auto_whole, Wire::syslog_lines, Method::automatic, kWhole);
BENCHMARK_CAPTURE(cut, syslog_lines_auto_segments, Wire::syslog_lines, Method::automatic, kSegment);
BENCHMARK_CAPTURE(cut, counted_whole, Wire::counted, Method::octet, kWhole);
BENCHMARK_CAPTURE(cut, counted_segments, Wire::counted, Method::octet, kSegment);
BENCHMARK_CAPTURE(cut, counted_auto_whole, Wire::counted, Method::automatic, kWhole);
BENCHMARK_CAPTURE(cut, length_whole, Wire::length, Method::length, kWhole);
BENCHMARK_CAPTURE(cut, length_segments, Wire::length, Method::length, kSegment);
BENCHMARK_CAPTURE(cut, length_auto_whole, Wire::length, Method::automatic, kWhole);

BENCHMARK_MAIN();
