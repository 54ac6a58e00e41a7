// What was learned in one run: the ports with their verdicts, and how it was listened. Both the report and the
// configuration are made from it.
#pragma once

#include <string>
#include <vector>

#include "daemon/learn/findings.hpp"
#include "daemon/learn/verdict.hpp"

namespace logsniffd::learn {

struct Lesson {
  struct Port {
    PortFindings findings;
    Verdict verdict;
  };

  std::vector<Port> ports = {};
  std::uint64_t packets = 0;
  std::uint64_t unfollowed = 0;
  std::uint64_t kernel_dropped = 0;
  double seconds = 0;                        // from the first packet to the last; live: how long it listened
  std::string source = {};                   // "the file x.pcap", "eth0, eth1"
  std::vector<std::string> interfaces = {};  // of a live capture
};

// Judges every port. The other members of the result are the caller's.
[[nodiscard]] Lesson learn_from(Findings findings);

// "syslog-udp-514": the name that the filter of a port has. Different ports have different names.
[[nodiscard]] std::string filter_name(const Lesson::Port& port);

}  // namespace logsniffd::learn
