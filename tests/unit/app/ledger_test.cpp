// The sums of the ledger, with every kind of imbalance planted.
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

// Every term of every sum has a value of its own, so that none can be left out unseen.
Ledger balanced() {
  Ledger ledger;
  ledger.packets.decoded = 1;
  ledger.packets.ignored = {{"not_ip", 2}, {"duplicate", 4}};
  ledger.packets.malformed = {{"ip_header", 8}, {"tcp_header", 16}};
  ledger.packets.kernel_dropped = 32;
  ledger.packets.received = 63;
  ledger.streams.delivered = 1;
  ledger.streams.duplicate = 2;
  ledger.streams.outside_window = 4;
  ledger.streams.buffered = 8;
  ledger.streams.discarded = {{"unwanted", 16}, {"after_end", 32}};
  ledger.streams.late = 64;
  ledger.streams.bytes_seen = 127;
  ledger.records.routed = 1;
  ledger.records.filtered = {{"no_match", 2}, {"excluded", 4}};
  ledger.records.framed = 7;
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
  ledger.packets.received += 3;
  expect_unaccounted(ledger, 3, 0, 0);
}

TEST(Ledger, PacketCountedTwice_IsNegative) {
  Ledger ledger = balanced();
  ledger.packets.malformed[1].second += 1;
  expect_unaccounted(ledger, -1, 0, 0);
}

TEST(Ledger, WhatIsOnlyInformation_IsNoPartOfThePackets) {
  Ledger ledger = balanced();
  ledger.packets.interface_dropped = 100;
  ledger.packets.filtered_out = 100;
  ledger.packets.truncated = 100;
  ledger.streams.events = {{"gap_bytes", 100}};
  ledger.records.decoding = {{"plain", 100}};
  expect_unaccounted(ledger, 0, 0, 0);
}

TEST(Ledger, BytesThatVanish_AreUnaccounted) {
  Ledger ledger = balanced();
  ledger.streams.buffered -= 8;
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
  ledger.records.filtered.pop_back();
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

TEST(Ledger, Json_IsOneLineWithTheFiguresAndWhatIsUnaccounted) {
  Ledger ledger = balanced();
  ledger.packets.received += 3;
  ledger.streams.delivered += 1;
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
