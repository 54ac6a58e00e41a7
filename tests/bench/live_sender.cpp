// Sends the frames of a capture file out of one interface at a fixed rate, for the live benchmarks.
//
// Frames leave through AF_PACKET and sendmmsg() as they are in the file, so their addresses need no route. The
// interface must be one end of a veth pair in a network namespace of its own, which live.py makes. Sending stops after
// --packets or --seconds, whichever comes first.
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "daemon/base/unique_fd.hpp"
#include "daemon/capture/file_source.hpp"

namespace logsniffd::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBurst = 64;

struct Options {
  std::string interface;
  std::string capture;
  std::uint64_t packets = 600'000;
  std::uint64_t rate = 100'000;
  std::uint64_t seconds = 60;
};

// A burst is sent on time or late, never early: its due time follows from the packets sent so far.
class Sender final : public capture::PacketObserver {
 public:
  Sender(const Options& options, UniqueFd socket)
      : options_(options),
        socket_(std::move(socket)),
        start_(Clock::now()),
        deadline_(start_ + std::chrono::seconds(options.seconds)) {}

  void on_packet(const capture::RawPacket& packet) override {
    if (done()) return;
    // Copied, because the view of a packet ends with this call.
    std::string& frame = frames_[waiting_++];
    frame.assign(as_text(packet.bytes));
    if (waiting_ == kBurst || sent_ + waiting_ == options_.packets) flush();
  }

  void flush() {
    std::this_thread::sleep_until(start_ + std::chrono::nanoseconds(sent_ * 1'000'000'000U / options_.rate));
    std::array<iovec, kBurst> pieces;
    std::array<mmsghdr, kBurst> messages{};
    for (std::size_t i = 0; i < waiting_; ++i) {
      pieces[i] = {frames_[i].data(), frames_[i].size()};
      messages[i].msg_hdr.msg_iov = &pieces[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    for (std::size_t i = 0; i < waiting_ && !failed_;) {
      const int count = ::sendmmsg(socket_.get(), messages.data() + i, static_cast<unsigned>(waiting_ - i), 0);
      if (count > 0) {
        i += static_cast<std::size_t>(count);
        sent_ += static_cast<std::uint64_t>(count);
      } else if (errno != EINTR && errno != ENOBUFS) {
        std::perror("sendmmsg");
        failed_ = true;
      }
      if (Clock::now() > deadline_) break;
    }
    waiting_ = 0;
  }

  [[nodiscard]] bool done() const { return failed_ || sent_ >= options_.packets || Clock::now() > deadline_; }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  const Options& options_;
  UniqueFd socket_;
  Clock::time_point start_;
  Clock::time_point deadline_;
  std::array<std::string, kBurst> frames_;
  std::size_t waiting_ = 0;
  std::uint64_t sent_ = 0;
  bool failed_ = false;
};

UniqueFd packet_socket(const std::string& interface) {
  UniqueFd socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));  // protocol 0: it receives nothing
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
  if (!socket.valid() || address.sll_ifindex == 0 ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    std::perror(interface.c_str());
    socket.reset();
  }
  return socket;
}

int run(const Options& options) {
  auto source = capture::FileSource::open(options.capture, "");
  if (!source) {
    std::fprintf(stderr, "%s\n", source.error().message().c_str());
    return 1;
  }
  UniqueFd socket = packet_socket(options.interface);
  if (!socket.valid()) return 1;

  Sender sender(options, std::move(socket));
  while (!sender.done()) {
    const auto status = (*source)->read(sender, kBurst);
    if (!status) {
      std::fprintf(stderr, "%s\n", status.error().message().c_str());
      return 1;
    }
    if (*status == capture::ReadStatus::end) break;
  }
  sender.flush();
  std::printf("%llu %.3f\n", static_cast<unsigned long long>(sender.sent()), sender.seconds());
  return sender.failed() ? 1 : 0;
}

}  // namespace
}  // namespace logsniffd::bench

int main(int argc, char** argv) {
  logsniffd::bench::Options options;
  CLI::App app{"Sends the frames of a capture file at a fixed rate; prints packets and seconds."};
  app.add_option("INTERFACE", options.interface)->required();
  app.add_option("CAPTURE", options.capture)->required();
  app.add_option("--packets", options.packets)->check(CLI::Range(1U, 10'000'000U))->capture_default_str();
  app.add_option("--rate", options.rate, "packets a second")->check(CLI::Range(1U, 2'000'000U))->capture_default_str();
  app.add_option("--seconds", options.seconds, "stop after these at the latest")
      ->check(CLI::Range(1U, 600U))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return logsniffd::bench::run(options);
}
