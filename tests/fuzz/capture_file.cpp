// Any bytes as a capture file: every packet lies inside the file unless that is compressed, and reading makes progress.
#include <cstdlib>
#include <functional>

#include "daemon/capture/decompressor.hpp"
#include "daemon/capture/file_source.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::capture;

class Inside final : public PacketObserver {
 public:
  Inside(Bytes file, bool compressed) : file_(file), compressed_(compressed) {}
  void on_packet(const RawPacket& packet) override {
    const std::less_equal<> before;
    const bool inside =
        packet.bytes.empty() || (before(file_.data(), packet.bytes.data()) &&
                                 before(packet.bytes.data() + packet.bytes.size(), file_.data() + file_.size()));
    if (!(inside || compressed_) || packet.original_length < packet.bytes.size()) std::abort();
    for (const std::uint8_t byte : packet.bytes) sum_ += byte;
    for (const char character : packet.interface) sum_ += static_cast<unsigned char>(character);
  }
  [[nodiscard]] std::uint64_t sum() const { return sum_; }

 private:
  Bytes file_;
  bool compressed_;
  std::uint64_t sum_ = 0;  // touches every byte, for the sanitizers
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes file(data, size);
  auto source = FileSource::over(file);
  if (!source) return 0;
  const auto decompressor = Decompressor::for_file(file);
  const bool compressed = decompressor && *decompressor;
  constexpr std::size_t kMostExpansion = 100'000;  // a block of zstd may be 128 KiB of one byte
  Inside observer(file, compressed);
  for (std::size_t calls = 0;; ++calls) {
    const auto status = (*source)->read(observer, 7);
    if (!status || *status == ReadStatus::end) break;
    if (calls > size * (compressed ? kMostExpansion : 1)) std::abort();  // each call consumes something
  }
  [[maybe_unused]] const volatile std::uint64_t sum = observer.sum();
  return 0;
}
