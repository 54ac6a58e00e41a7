// The ledger as one value: what became of every packet, byte and record, from the kernel to the sinks, and what cannot
// be accounted for, which is 0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/capture/packet_source.hpp"
#include "daemon/pipeline/pipeline.hpp"
#include "daemon/sink/sink_worker.hpp"

namespace logsniffd::app {

// A named figure; the names are those of docs/operations.md.
using Figure = std::pair<std::string_view, std::uint64_t>;
using Figures = std::vector<Figure>;

struct PacketFigures {
  std::uint64_t received = 0;  // kernel_dropped included
  std::uint64_t received_bytes = 0;
  std::uint64_t decoded = 0;
  std::uint64_t truncated = 0;
  std::uint64_t kernel_dropped = 0;
  std::uint64_t interface_dropped = 0;
  std::uint64_t filtered_out = 0;
  Figures clock;  // steps of the clock that stamps packets
  Figures ignored;
  Figures malformed;

  [[nodiscard]] std::uint64_t clock_steps() const;
};

struct StreamFigures {
  std::uint64_t bytes_seen = 0;
  std::uint64_t delivered = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t late = 0;
  std::uint64_t outside_window = 0;
  std::uint64_t buffered = 0;
  Figures discarded;
  Figures events;  // gaps, gap_bytes, conflicts, connections, evictions ...
  Figures fragments;
};

struct RecordFigures {
  std::uint64_t framed = 0;
  std::uint64_t routed = 0;
  Figures filtered;
  Figures framing;      // why streams are cut as they are; truncated, skipped_bytes, empty_datagrams ...
  Figures multiline;    // lines, records, and what completed these
  Figures gelf_chunks;  // bytes and messages of GELF's chunks
  Figures netconsole;   // datagrams of netconsole's senders, and what is missing in their sequences
  Figures decoding;     // plain, syslog, json, ..., malformed ...
};

struct NamedSinkFigures {
  std::string name;
  sink::SinkFigures figures;
};

struct Ledger {
  PacketFigures packets;
  StreamFigures streams;
  RecordFigures records;
  std::vector<NamedSinkFigures> sinks;

  // What the sums leave over: 0 unless there is a bug. Signed, for a bug may count twice.
  [[nodiscard]] std::int64_t unaccounted_packets() const;
  [[nodiscard]] std::int64_t unaccounted_bytes() const;
  [[nodiscard]] std::int64_t unaccounted_records() const;
  [[nodiscard]] std::uint64_t lost_records() const;  // dropped, over all sinks

  [[nodiscard]] std::string to_json() const;  // one line
};

[[nodiscard]] Ledger read_ledger(const pipeline::PipelineCounters& counters, const capture::CaptureStatistics& capture);

}  // namespace logsniffd::app
