// The sums of the ledger, with every kind of imbalance.
#include "daemon/app/ledger.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace logsniffd::app {
namespace {

sink::SinkFigures sink_figures(std::uint64_t routed, std::uint64_t written, std::uint64_t dropped,
                               std::uint64_t queued) {
  sink::SinkFigures figures;
  figures.routed = routed;
  figures.written = written;
  figures.dropped[static_cast<std::size_t>(sink::DropReason::no_space)] = dropped;
  figures.queued = queued;
  return figures;
}

// Each term of each sum has its own value, so that an omitted term shows.
Ledger balanced() {
  pipeline::PipelineCounters counters;
  packet_path::PacketLedger& packets = counters.packets;
  packets.decoded.set(1);
  packets.ignored[static_cast<std::size_t>(packet_path::Ignored::not_ip)].set(2);
  packets.ignored[static_cast<std::size_t>(packet_path::Ignored::duplicate)].set(4);
  packets.malformed[static_cast<std::size_t>(packet_path::Malformed::ip_header)].set(8);
  packets.malformed[static_cast<std::size_t>(packet_path::Malformed::tcp_header)].set(16);
  packets.received.set(31);
  tcp::StreamCounters& streams = counters.streams;
  streams.delivered.set(1);
  streams.duplicate.set(2);
  streams.outside_window.set(4);
  streams.buffered.set(8);
  streams.discarded_unwanted.set(16);
  streams.discarded_after_end.set(32);
  streams.late.set(64);
  streams.discarded_reset.set(128);
  streams.seen.set(255);
  counters.records.routed.set(1);
  counters.records.by(filter::RouteVerdict::no_match).set(2);
  counters.records.by(filter::RouteVerdict::excluded).set(4);
  counters.records.framed.set(7);
  Ledger ledger = read_ledger(counters, {.kernel_dropped = 32});
  ledger.sinks = {{"a", sink_figures(7, 1, 2, 4)}, {"b", sink_figures(30, 20, 10, 0)}};
  ledger.sinks[0].figures.recovered = 16;
  ledger.sinks[0].figures.spooled = 16;
  return ledger;
}

void expect_unaccounted(const Ledger& ledger, std::int64_t packets, std::int64_t bytes, std::int64_t records) {
  EXPECT_EQ(ledger.unaccounted_packets(), packets);
  EXPECT_EQ(ledger.unaccounted_bytes(), bytes);
  EXPECT_EQ(ledger.unaccounted_records(), records);
}

TEST(Ledger, EverythingBalanced_NothingUnaccounted) { expect_unaccounted(balanced(), 0, 0, 0); }

TEST(Ledger, PacketsThatVanish_AreUnaccounted) {
  Ledger ledger = balanced();
  ledger.pipeline.packets.received.add(3);
  expect_unaccounted(ledger, 3, 0, 0);
}

TEST(Ledger, PacketCountedTwice_IsNegative) {
  Ledger ledger = balanced();
  ledger.pipeline.packets.count(packet_path::Malformed::tcp_header);
  expect_unaccounted(ledger, -1, 0, 0);
}

TEST(Ledger, WhatIsOnlyInformation_IsNoPartOfThePackets) {
  Ledger ledger = balanced();
  ledger.capture.interface_dropped = 100;
  ledger.capture.filtered_out = 100;
  ledger.pipeline.packets.truncated.set(100);
  ledger.pipeline.streams.gap_bytes.set(100);
  ledger.pipeline.decoding.malformed.set(100);
  expect_unaccounted(ledger, 0, 0, 0);
}

TEST(Ledger, BytesThatVanish_AreUnaccounted) {
  Ledger ledger = balanced();
  ledger.pipeline.streams.buffered.subtract(8);
  expect_unaccounted(ledger, 0, 8, 0);
}

TEST(Ledger, RecordsThatVanishInASpool_AreUnaccounted) {
  Ledger ledger = balanced();
  ledger.sinks[0].figures.spooled -= 3;
  expect_unaccounted(ledger, 0, 0, 3);
}

TEST(Ledger, RecordsFoundInASpoolAndForgotten_AreUnaccounted) {
  Ledger ledger = balanced();
  ledger.sinks[0].figures.recovered -= 3;
  expect_unaccounted(ledger, 0, 0, -3);
}

TEST(Ledger, RecordsThatVanishInTheFilters_AreUnaccounted) {
  Ledger ledger = balanced();
  ledger.pipeline.records.by(filter::RouteVerdict::excluded).set(0);
  expect_unaccounted(ledger, 0, 0, 4);
}

TEST(Ledger, RecordsThatVanishInASink_AreUnaccounted) {
  Ledger ledger = balanced();
  ledger.sinks[1].figures.written -= 1;
  expect_unaccounted(ledger, 0, 0, 1);
}

TEST(Ledger, LostRecords_AreWhatAllSinksDropped) {
  EXPECT_EQ(balanced().lost_records(), 12);
  EXPECT_EQ(Ledger().lost_records(), 0);
}

TEST(Ledger, KernelDropped_IsReceivedAndAccountedFor) {
  const Ledger ledger = read_ledger({}, {.kernel_dropped = 5});
  EXPECT_EQ(ledger.pipeline.packets.received.get(), 5);
  expect_unaccounted(ledger, 0, 0, 0);
}

TEST(Ledger, FigureOfTwoBlocks_IsTheirSum) {
  Ledger ledger;
  ledger.pipeline.decoding.fields_left.set(2);
  ledger.pipeline.python.fields_left.set(3);
  EXPECT_EQ(nlohmann::json::parse(ledger.to_json())["records"]["decoding"]["fields_left"], 5);
}

TEST(Ledger, Json_IsOneLineWithTheFiguresAndWhatIsUnaccounted) {
  Ledger ledger = balanced();
  ledger.pipeline.packets.received.add(3);
  ledger.pipeline.streams.delivered.add();
  const std::string text = ledger.to_json();
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["unaccounted"], nlohmann::json({{"packets", 3}, {"bytes", -1}, {"records", 0}}));
  EXPECT_EQ(json["packets"]["received"], 66);
  EXPECT_EQ(json["packets"]["ignored"]["duplicate"], 4);
  EXPECT_EQ(json["packets"]["malformed"]["tcp_header"], 16);
  EXPECT_EQ(json["streams"]["discarded"]["after_end"], 32);
  EXPECT_EQ(json["records"]["filtered"]["excluded"], 4);
  EXPECT_EQ(json["sinks"]["a"]["dropped"]["no_space"], 2);
  EXPECT_EQ(json["sinks"]["b"]["written"], 20);
}

}  // namespace
}  // namespace logsniffd::app
