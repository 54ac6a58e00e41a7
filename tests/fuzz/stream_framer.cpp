// Cuts one stream several times, in one piece and in many. No frame is longer than the limit, every byte is accounted
// for, and nothing is held at the end. With a configured method, the frames are the same each time. With
// Method::automatic, the start of a piece may be evidence.
//
// Input: the method and its options, the place of a gap, whether the stream was joined late, the stream.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "daemon/framing/datagram_framer.hpp"
#include "daemon/framing/stream_framer.hpp"
#include "daemon/text/compressed.hpp"

namespace {

using namespace logsniffd;

constexpr std::uint64_t kLimit = 40;
constexpr std::size_t kHeader = 3;

class Frames final : public framing::FrameObserver {
 public:
  // In datagrams, compressed frames are cut later, when they are inflated.
  explicit Frames(bool of_datagram = false) : of_datagram_(of_datagram) {}

  void on_frame(Bytes frame, Integrity integrity) override {
    const bool compressed = of_datagram_ && text::is_compressed(frame);
    if (frame.size() > (compressed ? framing::kCompressedBytes : kLimit) || foreign_) std::abort();
    bytes += frame.size();
    all.push_back(std::string(as_text(frame)) + "|" + std::string(to_string(integrity)));
  }
  void on_foreign(framing::Foreign what) override {
    if (foreign_) std::abort();
    foreign_ = true;
    all.emplace_back(framing::kForeignNames[static_cast<std::size_t>(what)]);
  }

  std::vector<std::string> all;
  std::uint64_t bytes = 0;

 private:
  bool of_datagram_;
  bool foreign_ = false;
};

framing::FramingOptions options_of(std::size_t choice) {
  using framing::Method;
  constexpr std::array kMethods{Method::automatic, Method::lines,  Method::nul,
                                Method::octet,     Method::length, Method::datagram};
  framing::FramingOptions options;
  options.method = kMethods[choice % kMethods.size()];
  choice /= kMethods.size();
  options.length.bytes = choice % 2 == 0 ? 4 : 2;
  options.length.order = choice / 2 % 2 == 0 ? std::endian::big : std::endian::little;
  options.delimiter = choice / 4 % 2 == 0 ? '\n' : '|';
  options.split_lines = choice / 8 % 2 != 0;
  return options;
}

std::uint64_t accounted(const framing::FramingCounters& counters, const Frames& frames) {
  return frames.bytes + counters.overhead_bytes.get() + counters.skipped_bytes.get() +
         counters.resync_skipped_bytes.get() + counters.foreign_bytes.get();
}

std::vector<std::string> cut(const framing::FramingOptions& options, bool late, Bytes stream, std::size_t piece,
                             std::size_t gap_at, std::uint64_t budget, bool pauses = false) {
  framing::FramingContext context{{kLimit, budget}, {}};
  Frames frames;
  framing::StreamFramer framer(options, late);
  // A piece never crosses the gap, so that the gap is at the same byte for every size of pieces.
  for (std::size_t at = 0; at < stream.size();) {
    if (at == gap_at) framer.gap(context, options, frames);
    const std::size_t until = at < gap_at ? std::min(gap_at, stream.size()) : stream.size();
    const std::size_t size = std::min(piece, until - at);
    if (pauses && at % 3 == 0) framer.quiet(context, options, frames);
    framer.bytes(context, options, stream.subspan(at, size), frames);
    if (context.counters.partial_bytes.get() > budget) std::abort();
    at += size;
  }
  framer.end(context, options, frames);
  if (context.counters.partial_bytes.get() != 0) std::abort();
  if (accounted(context.counters, frames) != stream.size()) std::abort();
  return frames.all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kHeader) return 0;
  const framing::FramingOptions options = options_of(data[0]);
  const std::size_t gap_at = data[1];
  const bool late = data[2] % 2 != 0;
  const Bytes stream = Bytes(data, size).subspan(kHeader);
  const auto whole = cut(options, late, stream, stream.size() + 1, gap_at, 1000);
  const bool automatic = options.method == framing::Method::automatic || options.method == framing::Method::datagram;
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{39}, std::size_t{150}}) {
    const auto again = cut(options, late, stream, piece, gap_at, 1000);
    if (!automatic && again != whole) std::abort();
    (void)cut(options, late, stream, piece, gap_at, 10);  // too little memory
    (void)cut(options, late, stream, piece, gap_at, 1000, true);
  }
  framing::FramingContext context{{kLimit, 1000}, {}};
  Frames frames(true);
  framing::frame_datagram(context, options, stream, late, frames);
  return 0;
}
