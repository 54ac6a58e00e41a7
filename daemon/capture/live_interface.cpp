#include "daemon/capture/live_interface.hpp"

#include <unistd.h>

#include <array>

#include <fmt/format.h>

#include "daemon/capture/capture_filter.hpp"

namespace logsniffd::capture {
namespace {

std::string own_path() {
  std::array<char, 4096> path;
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  return length <= 0 ? "PATH" : std::string(path.data(), static_cast<std::size_t>(length));
}

Error explain(const std::string& interface, const PcapOpenError& error) {
  switch (error.reason) {
    case OpenFailure::not_permitted:
      return Error::runtime(fmt::format(
          "{}: not permitted to capture; run as root (sudo), or give the binary CAP_NET_RAW (setcap cap_net_raw+ep {})",
          interface, own_path()));
    case OpenFailure::not_up:
      return Error::runtime(fmt::format("{} is down; bring it up (ip link set {} up)", interface, interface));
    case OpenFailure::no_such_interface:
      return Error::runtime(interface + ": the interface no longer exists");
    case OpenFailure::other:
      break;
  }
  return Error::runtime(interface + ": cannot capture: " + error.words);
}

}  // namespace

tl::expected<std::unique_ptr<LiveInterface>, LiveInterface::OpenError> LiveInterface::open(PcapOptions options,
                                                                                           const Filter& filter) {
  const std::string name = options.interface;
  const auto failed = [&](const PcapOpenError& error) {
    return tl::unexpected<OpenError>(OpenError{error.reason, explain(name, error)});
  };
  const auto broken = [](Error error) {
    return tl::unexpected<OpenError>(OpenError{OpenFailure::other, std::move(error)});
  };
  tl::expected<PcapHandle, PcapOpenError> handle = PcapHandle::open(std::move(options));
  if (!handle) return failed(handle.error());

  // The filter comes first, then start(): no packet passes that the filter would have refused.
  Expected<ProgramPtr> program = compile_filter(*handle, filter.watched, filter.expression, filter.loopback_index);
  if (!program) return broken(std::move(program).error());
  if (Status attached = handle->attach(*program); !attached) return broken(std::move(attached).error().within(name));
  if (const auto started = handle->start(); !started) return failed(started.error());
  return std::make_unique<LiveInterface>(std::move(*handle));
}

}  // namespace logsniffd::capture
