#include "daemon/record/json/inflate.hpp"

#define ZLIB_CONST  // zlib's input pointer is const
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace logsniffd::record::json {
namespace {

constexpr std::size_t kFirstBytes = 16 * 1024;
constexpr int kBetweenBlocks = 128;          // in z_stream::data_type, after inflate() with Z_BLOCK
constexpr int kUnusedBits = 7;               // likewise: how many bits of the last byte are not used yet
constexpr int kGzipOrZlib = 32 + MAX_WBITS;  // inflateInit2: 15 bits of window, the header decides

// Line ends and NULs, which some senders append to everything they send.
bool is_trailer(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0 || b == '\r' || b == '\n'; });
}

// How a block begins (RFC 1951, 3.2.3): one bit for the last block, then two for the kind.
struct BlockStart {
  bool last;
  bool brings_tables;
};

// REQUIRED: inflate() stopped before a block. Bits that were cut off are read as 0.
BlockStart next_block(const z_stream& stream) {
  const auto unused = static_cast<unsigned>(stream.data_type & kUnusedBits);
  unsigned bits = stream.avail_in == 0 ? 0 : *stream.next_in;
  bits = unused == 0 ? bits : (bits << unused | static_cast<unsigned>(stream.next_in[-1]) >> (8 - unused));
  return {(bits & 1U) != 0, (bits >> 1 & 3U) == 2};
}

}  // namespace

struct Inflater::State {
  State() { ready = inflateInit2(&stream, kGzipOrZlib) == Z_OK; }
  ~State() {
    if (ready) inflateEnd(&stream);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Makes room after what is written. If the one byte above the ceiling gets used, the ceiling was exceeded.
  void grow(std::size_t ceiling) {
    const std::size_t wanted = std::max({kFirstBytes, 2 * written, output.size()});
    if (wanted > output.size()) output.resize(wanted);
    room_end = std::min(output.size(), ceiling + 1);
  }

  Inflated inflate(Bytes compressed, std::size_t ceiling);

  z_stream stream{};  // zlib holds its address: this is never moved
  bool ready = false;
  std::vector<std::uint8_t> output;
  std::size_t room_end = 0;  // of `output`, what may be written now
  std::size_t written = 0;
  std::size_t tables = 0;
};

Inflated Inflater::State::inflate(Bytes compressed, std::size_t ceiling) {
  written = 0;
  tables = 0;
  room_end = 0;
  if (!ready || compressed.size() > std::numeric_limits<uInt>::max() || inflateReset(&stream) != Z_OK) {
    return Inflated::corrupt;
  }
  stream.next_in = compressed.data();
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::size_t blocks_left = kFreeBlocks + compressed.size() / kBytesABlock;
  // Stops before each block. The last block is read to the end in one go, so zlib need not keep a window for it.
  int until = Z_BLOCK;
  for (;;) {
    if (written == room_end) grow(ceiling);
    const std::size_t room = std::min<std::size_t>(room_end - written, std::numeric_limits<uInt>::max());
    stream.next_out = output.data() + written;
    stream.avail_out = static_cast<uInt>(room);
    const int result = ::inflate(&stream, until);
    written += room - stream.avail_out;
    if (written > ceiling) return Inflated::cut;
    if (result == Z_STREAM_END)
      return is_trailer(compressed.last(stream.avail_in)) ? Inflated::whole : Inflated::corrupt;
    if (result != Z_OK && result != Z_BUF_ERROR) return Inflated::corrupt;
    if ((stream.data_type & kBetweenBlocks) != 0) {
      if (blocks_left-- == 0) return Inflated::cut;
      const BlockStart block = next_block(stream);
      if (block.brings_tables) ++tables;
      if (block.last) until = Z_FINISH;
    } else if (stream.avail_out != 0) {
      return Inflated::corrupt;  // it wants more input
    }
  }
}

Inflater::Inflater() : state_(std::make_unique<State>()) {}
Inflater::~Inflater() = default;

Inflated Inflater::inflate(Bytes compressed, std::size_t ceiling, Bytes& output) {
  const Inflated result = state_->inflate(compressed, ceiling);
  if (result != Inflated::corrupt) output = Bytes(state_->output).first(std::min(state_->written, ceiling));
  return result;
}

std::size_t Inflater::written() const { return state_->written; }
std::size_t Inflater::tables() const { return state_->tables; }

}  // namespace logsniffd::record::json
