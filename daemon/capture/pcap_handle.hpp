// One libpcap capture on one interface: TPACKET_V3, non-blocking, silent until start().
//
// The door to <pcap/pcap.h>, which only this room's .cpp files see. Filters go to the kernel by SO_ATTACH_FILTER, not
// by pcap_setfilter. That function shuts the ring with a refuse-all filter during the swap, and runs the OLD program
// in user space over the next blocks; both lose packets when a running capture gets a new filter. The kernel's own
// swap is atomic.
//
// THREAD  confined to the thread that uses it; open() on any.
// ORDER   open(), compile() and attach() the filter, start(), dispatch()...; attach() again at any time.
// ERRORS  dispatch() fails if the capture is over (the interface vanished); the contents of the ring can still be read.
// BOUNDS  one kernel ring of about options.buffer_bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/base/time.hpp"
#include "daemon/capture/copied_burst.hpp"
#include "daemon/capture/packet_source.hpp"
#include "daemon/capture/raw_packet.hpp"

struct pcap;
struct bpf_program;

namespace logsniffd::capture {

struct ClosePcap {
  void operator()(pcap* handle) const;
};
using PcapPtr = std::unique_ptr<pcap, ClosePcap>;

struct FreeProgram {
  void operator()(bpf_program* program) const;
};
using ProgramPtr = std::unique_ptr<bpf_program, FreeProgram>;

// A handle that captures nothing, to compile expressions for `type`. nullptr only if memory is exhausted.
[[nodiscard]] PcapPtr open_dead(LinkType type, std::uint32_t snaplen_bytes = 262'144);
// ERRORS  usage, only in libpcap's own words.
[[nodiscard]] Expected<ProgramPtr> compile(pcap* handle, const std::string& expression);
[[nodiscard]] bool matches(const bpf_program& program, const RawPacket& packet);
// One line for each instruction, as tcpdump -d prints them.
[[nodiscard]] std::vector<std::string> instructions(const bpf_program& program);
// libpcap's name of a LINKTYPE_ number; empty if it knows none.
[[nodiscard]] std::string link_type_name(std::uint16_t linktype);

struct PcapOptions {
  std::string interface;              // a name, or kAnyInterface
  std::uint32_t interface_index = 0;  // the kernel's; 0 for kAnyInterface
  bool promiscuous = false;           // never on kAnyInterface
  bool ignore_outgoing = false;       // for loopback, which shows each packet twice: outgoing and incoming
  std::uint32_t snaplen_bytes = 262'144;
  std::uint64_t buffer_bytes = 64ULL << 20;
  Duration latency = std::chrono::milliseconds(50);
};

inline constexpr const char* kAnyInterface = "any";

enum class OpenFailure { no_such_interface, not_permitted, not_up, other };
struct PcapOpenError {
  OpenFailure reason;
  std::string words;  // without the interface's name
};

// As libpcap counts them: 32 bits, cumulative since open().
struct PcapCounters {
  std::uint32_t dropped = 0;
  std::uint32_t interface_dropped = 0;
};

class PcapHandle {
 public:
  [[nodiscard]] static tl::expected<PcapHandle, PcapOpenError> open(PcapOptions options);

  [[nodiscard]] const PcapOptions& options() const { return options_; }
  [[nodiscard]] LinkType link_type() const { return link_type_; }
  [[nodiscard]] int fd() const;  // readable when dispatch() has something to do

  // ERRORS  usage, only in libpcap's own words.
  [[nodiscard]] Expected<ProgramPtr> compile(const std::string& expression) const;
  // Swaps `program` with the one in force (empty before the first); no packet is lost meanwhile. A program that the
  // kernel cannot run on a cooked interface is run in user space. On failure nothing has changed.
  [[nodiscard]] Status attach(ProgramPtr& program);
  [[nodiscard]] tl::expected<void, PcapOpenError> start();

  // Hands over at most `budget` packets; fewer mean that there are no more now. On kAnyInterface, interface and
  // interface_id of the packets are those of kAnyInterface; the SLL2 header holds the real ones.
  [[nodiscard]] Expected<std::size_t> dispatch(PacketObserver& observer, std::size_t budget);
  // True if libpcap wants to be called although the descriptor is silent (pcap_get_required_select_timeout): the
  // interface is down.
  [[nodiscard]] bool wants_polling() const;

  [[nodiscard]] PcapCounters counters();
  // Handed over, with their lengths on the wire.
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }  // by a program run in user space

 private:
  PcapHandle(PcapPtr handle, PcapOptions options);

  PcapPtr handle_;
  PcapOptions options_;
  LinkType link_type_;
  std::unique_ptr<CopiedBurst> burst_;
  bool nanoseconds_;
  ProgramPtr program_;
  bool in_user_space_ = false;
  std::uint64_t refused_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
  PcapCounters counters_;
};

}  // namespace logsniffd::capture
