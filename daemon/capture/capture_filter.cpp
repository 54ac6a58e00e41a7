#include "daemon/capture/capture_filter.hpp"

#include <fmt/format.h>

#include <array>

namespace logsniffd::capture {
namespace {

// In the order of preference. The last is the user's own.
std::array<std::string, 3> expressions(LinkType type, const WatchedTraffic& watched, const std::string& user,
                                       std::optional<std::uint32_t> loopback_index) {
  const std::string prefix = loopback_index ? fmt::format("not (outbound and ifindex {})", *loopback_index) : "";
  WatchedTraffic any_port;
  any_port.any_port = true;
  const auto with_ports = [&](const WatchedTraffic& ports) {
    const std::string wanted = both_expressions(user, kernel_expression(ports, type));
    return prefix.empty() || wanted.empty() ? prefix + wanted : fmt::format("{} and ({})", prefix, wanted);
  };
  return {with_ports(watched), with_ports(any_port), user};
}

}  // namespace

Expected<ProgramPtr> compile_filter(const PcapHandle& handle, const WatchedTraffic& watched, const std::string& user,
                                    std::optional<std::uint32_t> loopback_index) {
  if (handle.options().interface != kAnyInterface) loopback_index.reset();
  Expected<ProgramPtr> program;
  for (const std::string& expression : expressions(handle.link_type(), watched, user, loopback_index)) {
    program = handle.compile(expression);
    if (program) return program;
  }
  return fail(
      Error::usage(fmt::format("'{}' is not a valid filter expression for {} ({}): {}; see pcap-filter(7)", user,
                               handle.options().interface, to_string(handle.link_type()), program.error().message())));
}

Expected<KernelFilter> describe_filter(LinkType type, std::uint32_t snaplen_bytes, const WatchedTraffic& watched,
                                       std::optional<std::uint32_t> loopback_index) {
  const PcapPtr handle = open_dead(type, snaplen_bytes);
  if (!handle) return fail(Error::runtime("not enough memory to compile the kernel filter"));
  Expected<ProgramPtr> program;
  for (const std::string& expression : expressions(type, watched, {}, loopback_index)) {
    program = compile(handle.get(), expression);
    if (program) return KernelFilter{expression, instructions(**program)};
  }
  return fail(std::move(program.error()));
}

}  // namespace logsniffd::capture
