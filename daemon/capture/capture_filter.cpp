#include "daemon/capture/capture_filter.hpp"

#include <fmt/format.h>

#include <array>

namespace logsniffd::capture {

Expected<ProgramPtr> compile_filter(const PcapHandle& handle, const WatchedTraffic& watched, const std::string& user,
                                    std::optional<std::uint32_t> loopback_index) {
  std::string prefix;
  if (handle.options().interface == kAnyInterface && loopback_index) {
    prefix = fmt::format("not (outbound and ifindex {})", *loopback_index);
  }
  WatchedTraffic any_port;
  any_port.any_port = true;
  const std::array<std::string, 2> coarse = {kernel_expression(watched, handle.link_type()),
                                             kernel_expression(any_port, handle.link_type())};
  for (const std::string& ports : coarse) {
    const std::string wanted = both_expressions(user, ports);
    const std::string expression =
        prefix.empty() || wanted.empty() ? prefix + wanted : fmt::format("{} and ({})", prefix, wanted);
    Expected<ProgramPtr> program = handle.compile(expression);
    if (program) return program;
  }
  Expected<ProgramPtr> program = handle.compile(user);
  if (program) return program;
  return fail(
      Error::usage(fmt::format("'{}' is not a valid filter expression for {} ({}): {}; see pcap-filter(7)", user,
                               handle.options().interface, to_string(handle.link_type()), program.error().message())));
}

}  // namespace logsniffd::capture
