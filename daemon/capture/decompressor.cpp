#include "daemon/capture/decompressor.hpp"

#include <fmt/format.h>
#include <lz4frame.h>
#define ZLIB_CONST  // zlib then promises not to change its input
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <limits>

namespace logsniffd::capture {
namespace {

using Made = Expected<std::unique_ptr<Decompressor>>;

Error damaged(std::string_view name, const char* why) {
  return Error::runtime(fmt::format("its {} data is damaged ({}); packets before that were read", name,
                                    why == nullptr ? "no reason given" : why));
}

Error no_memory() { return Error::runtime("not enough memory to decompress it"); }

class Gzip final : public Decompressor {
 public:
  static Made make() {
    constexpr int kGzipWindow = 15 + 16;  // 32 KiB, and a gzip header
    auto gzip = std::unique_ptr<Gzip>(new Gzip);
    if (::inflateInit2(&gzip->stream_, kGzipWindow) != Z_OK) return fail(no_memory());
    return gzip;
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() override { ::inflateEnd(&stream_); }

  Progress step(Bytes input, std::span<std::uint8_t> output) override {
    if (ended_) {
      const auto* const padding_end =
          std::find_if(input.data(), input.data() + input.size(), [](auto b) { return b != 0; });
      const auto padding = static_cast<std::size_t>(padding_end - input.data());
      if (padding > 0 || input.empty()) return {padding, 0};
      ::inflateReset(&stream_);
      ended_ = false;
    }
    const auto available = [](std::size_t bytes) {
      return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
    };
    stream_.next_in = input.data();
    stream_.avail_in = available(input.size());
    stream_.next_out = output.data();
    stream_.avail_out = available(output.size());
    const int result = ::inflate(&stream_, Z_NO_FLUSH);
    ended_ = result == Z_STREAM_END;
    Progress progress{static_cast<std::size_t>(stream_.next_in - input.data()),
                      static_cast<std::size_t>(stream_.next_out - output.data())};
    // Z_BUF_ERROR: it needs more input.
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
      progress.damage = damaged(name(), stream_.msg);
    return progress;
  }
  [[nodiscard]] bool complete() const override { return ended_; }
  [[nodiscard]] std::string_view name() const override { return "gzip"; }

 private:
  Gzip() = default;
  z_stream stream_{};
  bool ended_ = false;
};

// Cuts the input of zstd and lz4 into headers and blocks. If they find damage, they do not say how much they wrote in
// the same call: with one part at a time, and none while they hold output, that is nothing.
class Parts {
 public:
  explicit Parts(std::size_t block_header) : block_header_(block_header) {}

  [[nodiscard]] Bytes next(Bytes input) const {
    if (holds_output_) return {};
    const std::size_t part = complete() ? kMagic : wanted_ > block_header_ ? wanted_ - block_header_ : wanted_;
    return input.first(std::min(part, input.size()));
  }
  // `bytes` is what the library asks for: the rest of a part, and behind a block the header of the next one.
  void want(std::size_t bytes, bool holds_output) {
    wanted_ = bytes;
    complete_ = bytes == 0;
    holds_output_ = holds_output && !complete_;
  }
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  static constexpr std::size_t kMagic = 4;
  std::size_t block_header_;
  std::size_t wanted_ = kMagic;
  bool complete_ = false;
  bool holds_output_ = false;
};

constexpr std::size_t kZstdBlockHeader = 3;
constexpr std::size_t kLz4BlockHeader = 4;

struct FreeZstd {
  void operator()(ZSTD_DCtx* context) const { ::ZSTD_freeDCtx(context); }
};

class Zstandard final : public Decompressor {
 public:
  static Made make() {
    auto zstandard = std::unique_ptr<Zstandard>(new Zstandard);
    ZSTD_DCtx* const context = zstandard->context_.get();
    if (context == nullptr ||
        ::ZSTD_isError(::ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, kMaxZstdWindow)) != 0)
      return fail(no_memory());
    return zstandard;
  }

  Progress step(Bytes input, std::span<std::uint8_t> output) override {
    const Bytes part = parts_.next(input);
    if (complete() && part.empty()) return {0, 0};
    ZSTD_inBuffer in{part.data(), part.size(), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    const std::size_t wanted = ::ZSTD_decompressStream(context_.get(), &out, &in);
    if (::ZSTD_isError(wanted) != 0) return {0, 0, damaged(name(), ::ZSTD_getErrorName(wanted))};
    parts_.want(wanted, out.pos == out.size);
    return {in.pos, out.pos};
  }
  [[nodiscard]] bool complete() const override { return parts_.complete(); }
  [[nodiscard]] std::string_view name() const override { return "zstd"; }

 private:
  Zstandard() : context_(::ZSTD_createDCtx()) {}
  std::unique_ptr<ZSTD_DCtx, FreeZstd> context_;
  Parts parts_{kZstdBlockHeader};
};

struct FreeLz4 {
  void operator()(LZ4F_dctx* context) const { ::LZ4F_freeDecompressionContext(context); }
};

class Lz4 final : public Decompressor {
 public:
  static Made make() {
    LZ4F_dctx* context = nullptr;
    if (::LZ4F_isError(::LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) != 0) return fail(no_memory());
    return std::unique_ptr<Lz4>(new Lz4(context));
  }

  Progress step(Bytes input, std::span<std::uint8_t> output) override {
    const Bytes part = parts_.next(input);
    if (complete() && part.empty()) return {0, 0};
    std::size_t read = part.size();
    std::size_t written = output.size();
    const std::size_t wanted = ::LZ4F_decompress(context_.get(), output.data(), &written, part.data(), &read, nullptr);
    if (::LZ4F_isError(wanted) != 0) return {0, 0, damaged(name(), ::LZ4F_getErrorName(wanted))};
    parts_.want(wanted, written == output.size());
    return {read, written};
  }
  [[nodiscard]] bool complete() const override { return parts_.complete(); }
  [[nodiscard]] std::string_view name() const override { return "lz4"; }

 private:
  explicit Lz4(LZ4F_dctx* context) : context_(context) {}
  std::unique_ptr<LZ4F_dctx, FreeLz4> context_;
  Parts parts_{kLz4BlockHeader};
};

}  // namespace

Expected<std::unique_ptr<Decompressor>> Decompressor::for_file(Bytes magic) {
  constexpr std::array<std::uint8_t, 2> kGzip = {0x1f, 0x8b};
  constexpr std::array<std::uint8_t, 4> kZstd = {0x28, 0xb5, 0x2f, 0xfd};
  constexpr std::array<std::uint8_t, 4> kSkippable = {0x50, 0x2a, 0x4d, 0x18};
  constexpr std::array<std::uint8_t, 4> kLz4 = {0x04, 0x22, 0x4d, 0x18};
  const auto begins = [magic](Bytes with) {
    return magic.size() >= with.size() && std::equal(with.begin(), with.end(), magic.begin());
  };
  if (begins(kGzip)) return Gzip::make();
  // pzstd begins with a frame to skip, which says how long the next one is (RFC 8878, 3.1.2).
  const bool skippable = magic.size() >= kSkippable.size() && (magic[0] & 0xf0) == kSkippable[0] &&
                         std::equal(kSkippable.begin() + 1, kSkippable.end(), magic.begin() + 1);
  if (begins(kZstd) || skippable) return Zstandard::make();
  if (begins(kLz4)) return Lz4::make();
  return nullptr;
}

}  // namespace logsniffd::capture
