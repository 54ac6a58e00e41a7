// What was seen at one port of one protocol: figures, without a judgement. verdict.hpp judges them.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/base/endpoint.hpp"
#include "daemon/framing/evidence.hpp"
#include "daemon/learn/protocol.hpp"
#include "daemon/record/decode.hpp"

namespace logsniffd::learn {

inline constexpr std::size_t kMaxPorts = 4096;
inline constexpr std::size_t kMaxSenders = 1024;  // of a port

// One direction of the traffic of a port.
struct Side {
  std::uint64_t bytes = 0;
  std::uint64_t datagrams = 0;
  std::uint64_t streams = 0;
  std::uint64_t joined_late = 0;    // streams that were running already
  std::uint64_t missing_bytes = 0;  // of gaps
  std::uint64_t cut_datagrams = 0;  // by the snapshot length
  std::uint64_t records = 0;
  std::uint64_t text_records = 0;                                      // those that people can read
  std::array<std::uint64_t, record::kDecodes.size()> decoded{};        // records
  std::array<std::uint64_t, framing::kEvidenceNames.size()> proved{};  // streams
  std::array<std::uint64_t, framing::kForeignNames.size()> foreign{};  // streams without records
  std::array<std::uint64_t, kProtocolNames.size()> recognized{};       // streams and datagrams

  std::uint64_t empty_records = 0;
  std::uint64_t repeated = 0;  // records that are the same as the first one

  // Plain records that are a part of a stack trace, or begin with a blank.
  std::uint64_t trace_lines = 0;
  std::uint64_t indented_lines = 0;
  // Datagrams of several lines: those of which every line begins like a record, and the others.
  std::uint64_t datagrams_of_records = 0;
  std::uint64_t datagrams_of_lines = 0;
  std::uint64_t chunks = 0;  // of GELF messages

  [[nodiscard]] std::uint64_t beginnings() const { return streams + datagrams; }
  [[nodiscard]] std::uint64_t count(record::Decode as) const { return decoded[static_cast<std::size_t>(as)]; }
};

struct PortFindings {
  Transport transport = Transport::tcp;
  std::uint16_t port = 0;
  Side to = {};
  Side from = {};
  absl::flat_hash_set<Address> senders = {};  // of what was sent to it; at most kMaxSenders
  std::string sample = {};                    // a record, as it was sent, cut; any bytes
  std::string server_name = {};               // what a TLS client asked for; any bytes
  bool answered = false;                      // any packet came from the port, with or without payload
};

struct Findings {
  std::vector<PortFindings> ports;  // ordered by protocol and port; those with payload
  std::uint64_t packets = 0;        // of every kind
  std::uint64_t unfollowed = 0;     // streams and datagrams of further ports, beyond kMaxPorts
  double seconds = 0;               // from the first packet to the last
};

}  // namespace logsniffd::learn
