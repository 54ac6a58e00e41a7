// Every counter of a pipeline, and the places of its blocks in the ledger. The sums of the ledger hold in it.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "daemon/base/counter_block.hpp"
#include "daemon/base/packet_clock.hpp"
#include "daemon/packet_path/packet_path.hpp"
#include "daemon/record_path/record_path.hpp"

namespace logsniffd::pipeline {

// Where the counters of a block appear: those of one section and group appear side by side, and if two blocks have a
// counter of the same name there, the ledger shows their sum.
struct BlockName {
  std::string_view section;
  std::string_view group;  // within the section; empty: the section itself
};

struct PipelineCounters {
  packet_path::PacketLedger packets;
  ClockCounters clock;
  tcp::StreamCounters streams;
  ip::FragmentCounters fragments;
  framing::FramingCounters framing;
  framing::JoinCounters joining;
  record_path::RecordLedger records;
  framing::GelfChunkCounters gelf_chunks;
  framing::NetconsoleCounters netconsole;
  decoder::DecodeCounters decoding;
  record::python::PythonCounters python;

  // visit(BlockName, block)
  template <class Self, class Visit>
  static constexpr void for_each_block(Self& self, Visit&& visit) {
    visit(BlockName{"packets", ""}, self.packets);
    visit(BlockName{"packets", "clock"}, self.clock);
    visit(BlockName{"streams", ""}, self.streams);
    visit(BlockName{"streams", "fragments"}, self.fragments);
    visit(BlockName{"records", ""}, self.records);
    visit(BlockName{"records", "framing"}, self.framing);
    visit(BlockName{"records", "multiline"}, self.joining);
    visit(BlockName{"records", "gelf_chunks"}, self.gelf_chunks);
    visit(BlockName{"records", "netconsole"}, self.netconsole);
    visit(BlockName{"records", "decoding"}, self.decoding);
    visit(BlockName{"records", "decoding"}, self.python);
  }
};

// True if for_each_block() visits every block exactly once.
consteval bool names_every_block() {
  const PipelineCounters counters{};
  std::array<const void*, kCountersIn<PipelineCounters>> visited{};  // more than there are blocks
  std::size_t blocks = 0;
  std::size_t bytes = 0;
  bool good = true;
  PipelineCounters::for_each_block(counters, [&](const BlockName&, const auto& block) {
    for (std::size_t i = 0; i < blocks; ++i) good = good && visited[i] != &block;
    visited[blocks++] = &block;
    bytes += sizeof block;
  });
  return good && bytes == sizeof counters;
}
static_assert(names_every_block());

}  // namespace logsniffd::pipeline
