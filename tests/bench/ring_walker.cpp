// The floor of live capture: a ring of the kernel as logsniffd has it (TPACKET_V3, 64 MiB in blocks of 256 KiB, which is
// what libpcap makes of that size, retired after 50 ms), and nothing behind it. With --walk it reads the kernel's header of
// each frame and one cache line of the frame; without, nobody reads the ring. SIGINT ends it. It prints how many frames it
// walked, and how many the kernel dropped.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <string>

#include "daemon/base/unique_fd.hpp"

namespace logsniffd::bench {
namespace {

constexpr unsigned kBlockBytes = 256U << 10U;
constexpr unsigned kBlocks = 256;
constexpr unsigned kRetireMilliseconds = 50;

struct Ring {
  UniqueFd socket;
  std::uint8_t* blocks = nullptr;
};

// The ring is complete before the socket is bound, so the first frame has its place.
bool open(Ring& ring, const std::string& interface) {
  ring.socket.reset(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  const int version = TPACKET_V3;
  tpacket_req3 request{};
  request.tp_block_size = kBlockBytes;
  request.tp_block_nr = kBlocks;
  request.tp_frame_size = kBlockBytes;
  request.tp_frame_nr = kBlocks;
  request.tp_retire_blk_tov = kRetireMilliseconds;
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
  const int fd = ring.socket.get();
  if (address.sll_ifindex == 0 || ::setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0 ||
      ::setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0) {
    return false;
  }
  void* mapped = ::mmap(nullptr, std::size_t{kBlockBytes} * kBlocks, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED) return false;
  ring.blocks = static_cast<std::uint8_t*>(mapped);
  return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

// Reads one cache line of each frame of a block that the kernel handed over.
std::uint64_t walk(const std::uint8_t* block, const tpacket_hdr_v1& header, std::uint64_t& sum) {
  const std::uint8_t* at = block + header.offset_to_first_pkt;
  for (std::uint32_t i = 0; i < header.num_pkts; ++i) {
    const auto* frame = reinterpret_cast<const tpacket3_hdr*>(at);
    sum += at[frame->tp_mac];
    at += frame->tp_next_offset;
  }
  return header.num_pkts;
}

int run(const std::string& interface, bool walks) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  ::sigprocmask(SIG_BLOCK, &ends, nullptr);
  const UniqueFd ended(::signalfd(-1, &ends, SFD_CLOEXEC));
  Ring ring;
  if (!ended.valid() || !open(ring, interface)) {
    std::perror(interface.c_str());
    return 1;
  }
  std::uint64_t walked = 0;
  std::uint64_t sum = 0;
  std::array<pollfd, 2> waiting{{{ended.get(), POLLIN, 0}, {ring.socket.get(), POLLIN, 0}}};
  for (unsigned next = 0; waiting[0].revents == 0;) {
    std::uint8_t* block = ring.blocks + std::size_t{next} * kBlockBytes;
    tpacket_hdr_v1& header = reinterpret_cast<tpacket_block_desc*>(block)->hdr.bh1;
    std::atomic_ref<std::uint32_t> status(header.block_status);
    if (walks && (status.load(std::memory_order_acquire) & TP_STATUS_USER) != 0) {  // written by the kernel
      walked += walk(block, header, sum);
      status.store(TP_STATUS_KERNEL, std::memory_order_release);
      next = (next + 1) % kBlocks;
    } else if (::poll(waiting.data(), walks ? 2 : 1, -1) < 0) {
      std::perror("poll");
      return 1;
    }
  }
  tpacket_stats_v3 stats{};
  socklen_t length = sizeof stats;
  ::getsockopt(ring.socket.get(), SOL_PACKET, PACKET_STATISTICS, &stats, &length);
  std::printf("%llu walked, %u dropped, sum %llu\n", static_cast<unsigned long long>(walked), stats.tp_drops,
              static_cast<unsigned long long>(sum));
  return 0;
}

}  // namespace
}  // namespace logsniffd::bench

int main(int argc, char** argv) {
  std::string interface;
  bool walks = false;
  CLI::App app{"A ring of the kernel with nothing behind it; SIGINT ends it."};
  app.add_option("INTERFACE", interface)->required();
  app.add_flag("--walk", walks, "read one cache line of each frame");
  CLI11_PARSE(app, argc, argv);
  return logsniffd::bench::run(interface, walks);
}
