// The options of `logsniffd sniff`, and the configuration that they stand for.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "daemon/app/collector.hpp"
#include "daemon/base/error.hpp"

namespace logsniffd::cli {

// As on the command line; unchecked.
struct SniffOptions {
  std::vector<std::string> ports;  // PORT, PORT/tcp, FIRST-LAST/udp
  std::vector<std::string> interfaces;
  std::string read_file;
  std::string expression;
  std::string direction = "both";
  std::string framing = "auto";
  std::string decode = "auto";
  std::vector<std::string> match;
  std::vector<std::string> exclude;
  std::string format = "text";
  std::string output;
  bool promiscuous = false;
  std::uint64_t count = 0;
  std::string duration;
  bool hex = false;
  bool stats = false;
};

void add_sniff_options(CLI::App& command, SniffOptions& options);

// Fails (usage) and names the option and the fix.
[[nodiscard]] Expected<app::CollectorOptions> to_collector_options(const SniffOptions& options);

// Whether a pcap-filter(7) expression asks for TCP's flag PSH.
[[nodiscard]] bool asks_for_push(std::string expression);

// --duration; nullopt if it was not given.
[[nodiscard]] Expected<std::optional<Duration>> duration_of(const std::string& text);

}  // namespace logsniffd::cli
