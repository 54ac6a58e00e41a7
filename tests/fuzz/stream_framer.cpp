// Cuts one stream twice, in one piece and in many: the frames must be the same, none longer than the limit, and nothing held at the end.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "daemon/framing/stream_framer.hpp"

namespace {

using namespace logsniffd;

constexpr std::uint64_t kLimit = 40;

class Frames final : public framing::FrameObserver {
 public:
  void on_frame(Bytes frame, Integrity integrity) override {
    if (frame.size() > kLimit) std::abort();
    all.push_back(std::string(as_text(frame)) + "|" + std::string(to_string(integrity)));
  }
  std::vector<std::string> all;
};

std::vector<std::string> cut(framing::Method method, Bytes stream, std::size_t piece, std::size_t gap_at) {
  framing::FramingContext context{{kLimit, 1000}, {}};
  Frames frames;
  framing::StreamFramer framer(method, false);
  // A piece never reaches over the gap, so that it falls at the same byte for every size of pieces.
  for (std::size_t at = 0; at < stream.size();) {
    if (at == gap_at) framer.gap(context, frames);
    const std::size_t until = at < gap_at ? std::min(gap_at, stream.size()) : stream.size();
    const std::size_t size = std::min(piece, until - at);
    framer.bytes(context, stream.subspan(at, size), frames);
    at += size;
  }
  framer.end(context, frames);
  if (context.counters.partial_bytes.get() != 0) std::abort();
  return frames.all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto method = static_cast<framing::Method>(data[0] % 3);
  const std::size_t gap_at = data[1];
  const Bytes stream = Bytes(data, size).subspan(2);
  const auto whole = cut(method, stream, stream.size() + 1, gap_at);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{39}}) {
    if (cut(method, stream, piece, gap_at) != whole) std::abort();
  }
  return 0;
}
