// logsniffd interfaces: what can be captured on.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "daemon/capture/interface_list.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/text/escape.hpp"

namespace logsniffd::cli {
namespace {

Expected<int> list() {
  auto interfaces = capture::list_interfaces();
  if (!interfaces) return fail(std::move(interfaces.error()));
  fmt::print("{:<16} {:<11} {:<12} {}\n", "NAME", "STATE", "LINK TYPE", "ADDRESSES");
  for (const capture::InterfaceInfo& interface : *interfaces) {
    std::string name;
    text::append_escaped(interface.name, name);  // the kernel allows nearly every byte
    const std::string link_type = interface.link_type ? to_string(*interface.link_type) : "?";
    std::string line =
        fmt::format("{:<16} {:<11} {:<12} {}", name, interface.state, link_type, fmt::join(interface.addresses, " "));
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
  return 0;
}

}  // namespace

void add_interfaces(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "interfaces", "list the interfaces that can be captured on: name, state, link type, addresses");
  command->callback([&action] { action = list; });
}

}  // namespace logsniffd::cli
