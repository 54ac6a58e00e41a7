// The cost of reading a capture file without looking at the packets.
#include <chrono>
#include <cstdio>
#include <ctime>

#include "daemon/capture/file_source.hpp"

namespace {

class Count final : public logsniffd::capture::PacketObserver {
 public:
  void on_packet(const logsniffd::capture::RawPacket& packet) override {
    ++packets;
    bytes += packet.bytes.size();
  }
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

}  // namespace

int main(int argc, char** argv) {
  using namespace logsniffd::capture;
  const auto start = std::chrono::steady_clock::now();
  auto source = FileSource::open(argc > 1 ? argv[1] : "-", "");
  if (!source) {
    std::fprintf(stderr, "%s\n", source.error().message().c_str());
    return 1;
  }
  Count count;
  for (;;) {
    const auto status = (*source)->read(count, 1024);
    if (!status) {
      std::fprintf(stderr, "%s\n", status.error().message().c_str());
      return 1;
    }
    if (*status == ReadStatus::end) break;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const double processor = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;  // better if other work runs
  std::printf("%llu packets, %llu bytes, %.3f s wall, %.3f s processor, %.1f ns a packet\n",
              static_cast<unsigned long long>(count.packets), static_cast<unsigned long long>(count.bytes),
              took.count(), processor, processor * 1e9 / static_cast<double>(count.packets));
  return 0;
}
