#include "daemon/record/inflate.hpp"

#define ZLIB_CONST  // input that zlib does not write to
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace logsniffd::record {
namespace {

constexpr std::size_t kFirstBytes = 16 * 1024;
constexpr int kGzipOrZlib = 32 + MAX_WBITS;  // inflateInit2: 15 bits of window, the header decides

// Line ends and NULs, which some senders put behind all that they send.
bool is_trailer(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0 || b == '\r' || b == '\n'; });
}

}  // namespace

struct Inflater::State {
  explicit State(std::size_t ceiling) : at_most(ceiling) { ready = inflateInit2(&stream, kGzipOrZlib) == Z_OK; }
  ~State() {
    if (ready) inflateEnd(&stream);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Room behind what is written; the one byte above the ceiling is there to be found used.
  void grow() {
    const std::size_t wanted = std::max(kFirstBytes, 2 * output.size());
    output.resize(std::min(wanted, at_most + 1));
  }

  Inflated inflate(Bytes compressed, std::size_t& written);

  std::size_t at_most;
  z_stream stream{};  // zlib holds its address: this is never moved
  bool ready = false;
  std::vector<std::uint8_t> output;
};

Inflated Inflater::State::inflate(Bytes compressed, std::size_t& written) {
  if (!ready || compressed.size() > std::numeric_limits<uInt>::max() || inflateReset(&stream) != Z_OK) {
    return Inflated::corrupt;
  }
  stream.next_in = compressed.data();
  stream.avail_in = static_cast<uInt>(compressed.size());
  for (;;) {
    if (written == output.size()) grow();
    const std::size_t room = std::min<std::size_t>(output.size() - written, std::numeric_limits<uInt>::max());
    stream.next_out = output.data() + written;
    stream.avail_out = static_cast<uInt>(room);
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    written += room - stream.avail_out;
    if (written > at_most) return Inflated::too_large;
    if (result == Z_STREAM_END)
      return is_trailer(compressed.last(stream.avail_in)) ? Inflated::whole : Inflated::corrupt;
    if (result != Z_OK || stream.avail_out != 0) return Inflated::corrupt;  // with room left, it wants more input
  }
}

Inflater::Inflater(std::size_t at_most_bytes) : state_(std::make_unique<State>(at_most_bytes)) {}
Inflater::~Inflater() = default;

Inflated Inflater::inflate(Bytes compressed, Bytes& output) {
  std::size_t written = 0;
  const Inflated result = state_->inflate(compressed, written);
  if (result == Inflated::whole) output = Bytes(state_->output).first(written);
  return result;
}

}  // namespace logsniffd::record
