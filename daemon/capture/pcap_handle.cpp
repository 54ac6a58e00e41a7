#include "daemon/capture/pcap_handle.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <pcap/pcap.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <optional>
#include <vector>

namespace logsniffd::capture {
namespace {

constexpr std::uint16_t kLinkTypeRaw = 101;
// 0xffff is reserved (RFC 1701) and nobody sends it: a socket bound to it receives nothing.
constexpr int kSilentProtocol = 0xffff;

// Among the types of Linux interfaces, DLT_ and LINKTYPE_ numbers differ only for raw IP.
int to_dlt(std::uint16_t linktype) { return linktype == kLinkTypeRaw ? DLT_RAW : linktype; }

LinkType from_dlt(int dlt) { return dlt == DLT_RAW ? LinkType::raw : static_cast<LinkType>(dlt); }

bool is_cooked(LinkType type) { return type == LinkType::linux_sll || type == LinkType::linux_sll2; }

PcapOpenError activation_error(pcap_t* handle, int result) {
  const std::string words = pcap_geterr(handle)[0] != '\0' ? pcap_geterr(handle) : pcap_statustostr(result);
  switch (result) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return {OpenFailure::no_such_interface, words};
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return {OpenFailure::not_permitted, words};
    case PCAP_ERROR_IFACE_NOT_UP:
      return {OpenFailure::not_up, words};
    default:
      return {OpenFailure::other, words};
  }
}

// In a program for a cooked interface, offsets count from the SLL header that libpcap makes up. The kernel sees the
// packet from its IP header on, and the other fields by ancillary loads. nullopt if the kernel cannot run the program.
std::optional<std::uint32_t> cooked_offset(std::uint32_t offset, LinkType type) {
  constexpr auto kAncillary = static_cast<std::uint32_t>(SKF_AD_OFF);
  struct Field {
    std::uint32_t offset;
    std::uint32_t ancillary;
  };
  constexpr Field kSllFields[] = {{0, SKF_AD_PKTTYPE}, {14, SKF_AD_PROTOCOL}};
  constexpr Field kSll2Fields[] = {{0, SKF_AD_PROTOCOL}, {4, SKF_AD_IFINDEX}, {10, SKF_AD_PKTTYPE}};
  const std::uint32_t header = type == LinkType::linux_sll2 ? 20 : 16;

  if (offset >= kAncillary) return offset;
  if (offset >= header) return offset - header;
  const std::span<const Field> fields =
      type == LinkType::linux_sll2 ? std::span<const Field>(kSll2Fields) : std::span<const Field>(kSllFields);
  for (const Field& field : fields) {
    if (field.offset == offset) return kAncillary + field.ancillary;
  }
  return std::nullopt;
}

bool loads_from_packet(std::uint16_t code) {
  const auto kind = BPF_CLASS(code);
  const auto mode = BPF_MODE(code);
  return (kind == BPF_LD || kind == BPF_LDX) && (mode == BPF_ABS || mode == BPF_IND || mode == BPF_MSH);
}

std::optional<std::vector<sock_filter>> for_kernel(const bpf_program& program, LinkType type) {
  std::vector<sock_filter> code;
  code.reserve(program.bf_len);
  for (const bpf_insn& insn : std::span(program.bf_insns, program.bf_len)) {
    sock_filter out{insn.code, insn.jt, insn.jf, insn.k};
    if (is_cooked(type) && loads_from_packet(out.code)) {
      const std::optional<std::uint32_t> offset = cooked_offset(out.k, type);
      if (!offset) return std::nullopt;
      out.k = *offset;
    }
    code.push_back(out);
  }
  return code;
}

int attach_to_socket(int fd, std::vector<sock_filter>& code) {
  if (code.size() > BPF_MAXINSNS) return EINVAL;
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0 ? 0 : errno;
}

struct Dispatch {
  PacketObserver* observer;
  CopiedBurst* burst;
  RawPacket packet;  // the values that all packets of the handle share
  bool nanoseconds;
  const bpf_program* user_space_filter;
  std::uint64_t refused;
  std::uint64_t packets;
  std::uint64_t bytes;
};

void on_pcap_packet(u_char* user, const pcap_pkthdr* header, const u_char* bytes) {
  auto& dispatch = *reinterpret_cast<Dispatch*>(user);
  if (dispatch.user_space_filter != nullptr && pcap_offline_filter(dispatch.user_space_filter, header, bytes) == 0) {
    ++dispatch.refused;
    return;
  }
  ++dispatch.packets;
  dispatch.bytes += header->len;
  RawPacket packet = dispatch.packet;
  packet.bytes = Bytes(bytes, header->caplen);
  packet.original_length = header->len;
  const std::chrono::nanoseconds fraction(dispatch.nanoseconds ? header->ts.tv_usec : header->ts.tv_usec * 1000);
  packet.captured_at = PacketTime(std::chrono::seconds(header->ts.tv_sec) + fraction);
  dispatch.burst->add(packet, *dispatch.observer);
}

}  // namespace

void ClosePcap::operator()(pcap* handle) const { pcap_close(handle); }

void FreeProgram::operator()(bpf_program* program) const {
  pcap_freecode(program);
  delete program;
}

PcapPtr open_dead(LinkType type, std::uint32_t snaplen_bytes) {
  return PcapPtr(pcap_open_dead(to_dlt(static_cast<std::uint16_t>(type)), static_cast<int>(snaplen_bytes)));
}

Expected<ProgramPtr> compile(pcap* handle, const std::string& expression) {
  if (expression.find('\0') != std::string::npos) return fail(Error::usage("it contains a NUL"));
  ProgramPtr program(new bpf_program{});
  constexpr int kOptimize = 1;
  if (pcap_compile(handle, program.get(), expression.c_str(), kOptimize, PCAP_NETMASK_UNKNOWN) != 0) {
    return fail(Error::usage(pcap_geterr(handle)));
  }
  return program;
}

bool matches(const bpf_program& program, const RawPacket& packet) {
  pcap_pkthdr header{};
  header.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
  header.len = packet.original_length;
  return pcap_offline_filter(&program, &header, packet.bytes.data()) != 0;
}

std::vector<std::string> instructions(const bpf_program& program) {
  std::vector<std::string> lines;
  for (u_int i = 0; i < program.bf_len; ++i) lines.emplace_back(bpf_image(&program.bf_insns[i], static_cast<int>(i)));
  return lines;
}

std::string link_type_name(std::uint16_t linktype) {
  // In 11..18 the meaning of the DLT_ numbers depends on the platform, and no file should contain them.
  if (linktype >= 11 && linktype <= 18) return {};
  const char* name = pcap_datalink_val_to_name(to_dlt(linktype));
  return name == nullptr ? std::string() : name;
}

PcapHandle::PcapHandle(PcapPtr handle, PcapOptions options)
    : handle_(std::move(handle)),
      options_(std::move(options)),
      link_type_(from_dlt(pcap_datalink(handle_.get()))),
      burst_(std::make_unique_for_overwrite<CopiedBurst>()),
      nanoseconds_(pcap_get_tstamp_precision(handle_.get()) == PCAP_TSTAMP_PRECISION_NANO) {}

tl::expected<PcapHandle, PcapOpenError> PcapHandle::open(PcapOptions options) {
  char words[PCAP_ERRBUF_SIZE] = {};
  PcapPtr owned(pcap_create(options.interface.c_str(), words));
  if (!owned) return tl::unexpected(PcapOpenError{OpenFailure::other, words});
  pcap_t* const handle = owned.get();

  const auto latency = std::chrono::duration_cast<std::chrono::milliseconds>(options.latency).count();
  pcap_set_snaplen(handle, static_cast<int>(std::min<std::uint32_t>(options.snaplen_bytes, INT_MAX)));
  pcap_set_buffer_size(handle, static_cast<int>(std::min<std::uint64_t>(options.buffer_bytes, INT_MAX)));
  pcap_set_promisc(handle, options.promiscuous ? 1 : 0);
  // 0 would let the kernel keep a part-filled block forever. Immediate mode would give up TPACKET_V3's packed ring.
  pcap_set_timeout(handle, static_cast<int>(std::clamp<std::int64_t>(latency, 1, INT_MAX)));
  pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);  // may fail: the constructor reads the result
  pcap_set_protocol_linux(handle, kSilentProtocol);

  const int result = pcap_activate(handle);  // above 0: a warning
  if (result < 0) return tl::unexpected(activation_error(handle, result));
  // SLL2 carries the interface's index. It must be set before any filter is compiled, or no filter matches.
  if (pcap_datalink(handle) == DLT_LINUX_SLL) pcap_set_datalink(handle, DLT_LINUX_SLL2);
  if (pcap_setnonblock(handle, 1, words) != 0) return tl::unexpected(PcapOpenError{OpenFailure::other, words});
  // The kernel then stamps each packet once, for all sockets: while a socket takes over from another one, both see the
  // same time.
  const int on = 1;
  ::setsockopt(pcap_fileno(handle), SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on));
  if (options.ignore_outgoing) {
    // If the kernel is too old for it, libpcap drops the copies itself.
    ::setsockopt(pcap_fileno(handle), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
  }
  return PcapHandle(std::move(owned), std::move(options));
}

int PcapHandle::fd() const { return pcap_get_selectable_fd(handle_.get()); }

Expected<ProgramPtr> PcapHandle::compile(const std::string& expression) const {
  return capture::compile(handle_.get(), expression);
}

Status PcapHandle::attach(ProgramPtr& program) {
  std::optional<std::vector<sock_filter>> code = for_kernel(*program, link_type_);
  const bool in_user_space = !code;
  if (in_user_space) code = {{BPF_RET | BPF_K, 0, 0, options_.snaplen_bytes}};
  if (const int error = attach_to_socket(pcap_fileno(handle_.get()), *code); error != 0) {
    return fail(Error::system("the kernel rejected the filter", error));
  }
  program_.swap(program);
  in_user_space_ = in_user_space;
  return {};
}

tl::expected<void, PcapOpenError> PcapHandle::start() {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(options_.interface_index);
  const int fd = pcap_fileno(handle_.get());
  int error = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
  socklen_t size = sizeof(error);
  // A socket bound to an interface that is down holds ENETDOWN as its pending error.
  if (error == 0) ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error == 0) return {};
  const OpenFailure reason = error == ENETDOWN                   ? OpenFailure::not_up
                             : error == ENODEV || error == ENXIO ? OpenFailure::no_such_interface
                                                                 : OpenFailure::other;
  return tl::unexpected(PcapOpenError{reason, std::strerror(error)});
}

Expected<std::size_t> PcapHandle::dispatch(PacketObserver& observer, std::size_t budget) {
  Dispatch dispatch{&observer,
                    burst_.get(),
                    {{}, 0, {}, link_type_, options_.interface_index, options_.interface},
                    nanoseconds_,
                    in_user_space_ ? program_.get() : nullptr,
                    0,
                    0,
                    0};
  const int count = static_cast<int>(std::min<std::size_t>(budget, INT_MAX));
  const int handed = pcap_dispatch(handle_.get(), count, on_pcap_packet, reinterpret_cast<u_char*>(&dispatch));
  burst_->flush(observer);
  refused_ += dispatch.refused;
  packets_ += dispatch.packets;
  bytes_ += dispatch.bytes;
  if (handed < 0) return fail(Error::runtime(pcap_geterr(handle_.get())));
  return static_cast<std::size_t>(handed);
}

bool PcapHandle::wants_polling() const { return pcap_get_required_select_timeout(handle_.get()) != nullptr; }

PcapCounters PcapHandle::counters() {
  pcap_stat stat{};
  if (pcap_stats(handle_.get(), &stat) == 0) counters_ = {stat.ps_drop, stat.ps_ifdrop};
  return counters_;
}

}  // namespace logsniffd::capture
