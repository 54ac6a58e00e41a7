#include "daemon/sink/file/compressor.hpp"

#include <zlib.h>
#include <zstd.h>

namespace logsniffd::sink::file {
namespace {

constexpr std::size_t kRoom = 64 * 1024;  // by which the output grows

// Makes room at the end of `out`, lets `step(destination, room)` use some of it, and keeps the used part. `step`
// returns the bytes that it used.
template <class Step>
void extend(std::string& out, Step step) {
  const std::size_t before = out.size();
  out.resize(before + kRoom);
  out.resize(before + step(out.data() + before, kRoom));
}

class Gzip final : public Compressor {
 public:
  static std::unique_ptr<Compressor> make() {
    constexpr int kGzipWindow = 15 + 16;  // 32 KiB, and a gzip header instead of zlib's
    constexpr int kMemory = 8;
    auto gzip = std::unique_ptr<Gzip>(new Gzip);
    if (::deflateInit2(&gzip->stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) !=
        Z_OK)
      return nullptr;
    return gzip;
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() override { ::deflateEnd(&stream_); }

  bool feed(std::string_view bytes, bool last, std::string& out) override {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // it only reads, despite its type
    stream_.avail_in = static_cast<uInt>(bytes.size());
    int result = Z_OK;
    do {
      extend(out, [&](char* to, std::size_t room) {
        stream_.next_out = reinterpret_cast<Bytef*>(to);
        stream_.avail_out = static_cast<uInt>(room);
        result = ::deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
        return room - stream_.avail_out;
      });
      // Z_BUF_ERROR: there was nothing to do; not an error.
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return false;
    } while (stream_.avail_out == 0 && result != Z_STREAM_END);
    return !last || result == Z_STREAM_END;
  }

 private:
  Gzip() = default;
  z_stream stream_{};
};

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ::ZSTD_freeCCtx(context); }
};

class Zstandard final : public Compressor {
 public:
  static std::unique_ptr<Compressor> make() {
    auto zstandard = std::unique_ptr<Zstandard>(new Zstandard);
    ZSTD_CCtx* const context = zstandard->context_.get();
    if (context == nullptr || ::ZSTD_isError(::ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)) != 0)
      return nullptr;
    return zstandard;
  }

  bool feed(std::string_view bytes, bool last, std::string& out) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::size_t left = 0;
    do {
      extend(out, [&](char* to, std::size_t room) {
        ZSTD_outBuffer produced{to, room, 0};
        left = ::ZSTD_compressStream2(context_.get(), &produced, &in, last ? ZSTD_e_end : ZSTD_e_continue);
        return produced.pos;
      });
      if (::ZSTD_isError(left) != 0) return false;
    } while (last ? left != 0 : in.pos < in.size);
    return true;
  }

 private:
  Zstandard() : context_(::ZSTD_createCCtx()) {}
  std::unique_ptr<ZSTD_CCtx, FreeContext> context_;
};

}  // namespace

std::unique_ptr<Compressor> Compressor::make(Compression compression) {
  return compression == Compression::gzip ? Gzip::make() : Zstandard::make();
}

}  // namespace logsniffd::sink::file
