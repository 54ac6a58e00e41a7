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

  Expected<Progress> step(Bytes input, std::span<std::uint8_t> output) override {
    if (ended_) {
      if (input.empty()) return Progress{0, 0};
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
    // Z_BUF_ERROR: it needs more input.
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return fail(damaged(name(), stream_.msg));
    ended_ = result == Z_STREAM_END;
    return Progress{static_cast<std::size_t>(stream_.next_in - input.data()),
                    static_cast<std::size_t>(stream_.next_out - output.data())};
  }
  [[nodiscard]] bool complete() const override { return ended_; }
  [[nodiscard]] std::string_view name() const override { return "gzip"; }

 private:
  Gzip() = default;
  z_stream stream_{};
  bool ended_ = false;
};

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

  Expected<Progress> step(Bytes input, std::span<std::uint8_t> output) override {
    if (complete_ && input.empty()) return Progress{0, 0};
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    const std::size_t left = ::ZSTD_decompressStream(context_.get(), &out, &in);
    if (::ZSTD_isError(left) != 0) return fail(damaged(name(), ::ZSTD_getErrorName(left)));
    complete_ = left == 0;
    return Progress{in.pos, out.pos};
  }
  [[nodiscard]] bool complete() const override { return complete_; }
  [[nodiscard]] std::string_view name() const override { return "zstd"; }

 private:
  Zstandard() : context_(::ZSTD_createDCtx()) {}
  std::unique_ptr<ZSTD_DCtx, FreeZstd> context_;
  bool complete_ = false;
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

  Expected<Progress> step(Bytes input, std::span<std::uint8_t> output) override {
    if (complete_ && input.empty()) return Progress{0, 0};
    std::size_t read = input.size();
    std::size_t written = output.size();
    const std::size_t left = ::LZ4F_decompress(context_.get(), output.data(), &written, input.data(), &read, nullptr);
    if (::LZ4F_isError(left) != 0) return fail(damaged(name(), ::LZ4F_getErrorName(left)));
    complete_ = left == 0;
    return Progress{read, written};
  }
  [[nodiscard]] bool complete() const override { return complete_; }
  [[nodiscard]] std::string_view name() const override { return "lz4"; }

 private:
  explicit Lz4(LZ4F_dctx* context) : context_(context) {}
  std::unique_ptr<LZ4F_dctx, FreeLz4> context_;
  bool complete_ = false;
};

}  // namespace

Expected<std::unique_ptr<Decompressor>> Decompressor::for_file(Bytes magic) {
  constexpr std::array<std::uint8_t, 2> kGzip = {0x1f, 0x8b};
  constexpr std::array<std::uint8_t, 4> kZstd = {0x28, 0xb5, 0x2f, 0xfd};
  constexpr std::array<std::uint8_t, 4> kLz4 = {0x04, 0x22, 0x4d, 0x18};
  const auto begins = [magic](Bytes with) {
    return magic.size() >= with.size() && std::equal(with.begin(), with.end(), magic.begin());
  };
  if (begins(kGzip)) return Gzip::make();
  if (begins(kZstd)) return Zstandard::make();
  if (begins(kLz4)) return Lz4::make();
  return nullptr;
}

}  // namespace logsniffd::capture
