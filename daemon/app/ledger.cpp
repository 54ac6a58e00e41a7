#include "daemon/app/ledger.hpp"

#include <nlohmann/json.hpp>
#include <numeric>

namespace logsniffd::app {
namespace {

using Json = nlohmann::ordered_json;

template <std::size_t N>
Figures named(const std::array<Counter, N>& counters, const std::array<std::string_view, N>& names) {
  Figures figures;
  for (std::size_t i = 0; i < N; ++i) figures.emplace_back(names[i], counters[i].get());
  return figures;
}

std::uint64_t sum(const Figures& figures) {
  return std::accumulate(figures.begin(), figures.end(), std::uint64_t{0},
                         [](std::uint64_t total, const Figure& figure) { return total + figure.second; });
}

std::int64_t difference(std::uint64_t whole, std::uint64_t parts) { return static_cast<std::int64_t>(whole - parts); }

Json to_object(const Figures& figures) {
  Json object = Json::object();
  for (const auto& [name, value] : figures) object[std::string(name)] = value;
  return object;
}

Figures framing_figures(const framing::FramingCounters& framing, const record_path::RecordLedger& records) {
  Figures figures = named(framing.decided, framing::kEvidenceNames);
  for (const Figure& foreign : named(framing.foreign, framing::kForeignNames)) figures.push_back(foreign);
  figures.insert(figures.end(), {{"truncated", framing.truncated.get()},
                                 {"skipped_bytes", framing.skipped_bytes.get()},
                                 {"foreign_bytes", framing.foreign_bytes.get()},
                                 {"proxy_headers", framing.proxy_headers.get()},
                                 {"false_lengths", framing.false_lengths.get()},
                                 {"resyncs", framing.resyncs.get()},
                                 {"resync_skipped_bytes", framing.resync_skipped_bytes.get()},
                                 {"overhead_bytes", framing.overhead_bytes.get()},
                                 {"partial_bytes", framing.partial_bytes.get()},
                                 {"empty_datagrams", records.empty_datagrams.get()}});
  return figures;
}

Figures joining_figures(const framing::JoinCounters& joining) {
  using framing::JoinEnd;
  return {{"lines", joining.lines.get()},
          {"records", joining.records.get()},
          {"joined_lines", joining.joined_lines.get()},
          {"skipped_lines", joining.skipped_lines.get()},
          {"skipped_bytes", joining.skipped_bytes.get()},
          {"pending", joining.pending.get()},
          {"by_start", joining.by(JoinEnd::start).get()},
          {"by_timeout", joining.by(JoinEnd::timeout).get()},
          {"by_end", joining.by(JoinEnd::end).get()},
          {"by_gap", joining.by(JoinEnd::gap).get()},
          {"by_limit", joining.by(JoinEnd::limit).get()},
          {"no_room", joining.no_room.get()}};
}

Figures chunk_figures(const framing::GelfChunkCounters& chunks) {
  return {{"chunks", chunks.chunks.get()},
          {"messages", chunks.messages.get()},
          {"incomplete", chunks.incomplete.get()},
          {"seen_bytes", chunks.seen_bytes.get()},
          {"delivered_bytes", chunks.delivered_bytes.get()},
          {"duplicate_bytes", chunks.duplicate_bytes.get()},
          {"held_bytes", chunks.held_bytes.get()},
          {"discarded_timeout_bytes", chunks.discarded_timeout_bytes.get()},
          {"discarded_limit_bytes", chunks.discarded_limit_bytes.get()},
          {"discarded_share_bytes", chunks.discarded_share_bytes.get()},
          {"discarded_unfinished_bytes", chunks.discarded_unfinished_bytes.get()},
          {"discarded_malformed_bytes", chunks.discarded_malformed_bytes.get()}};
}

Figures netconsole_figures(const framing::NetconsoleCounters& netconsole) {
  return {{"datagrams", netconsole.datagrams.get()},
          {"records", netconsole.records.get()},
          {"merged", netconsole.merged.get()},
          {"duplicate", netconsole.duplicate.get()},
          {"held", netconsole.held.get()},
          {"messages", netconsole.messages.get()},
          {"incomplete", netconsole.incomplete.get()},
          {"lines", netconsole.lines.get()},
          {"sender_missing", netconsole.sender_missing.get()},
          {"late", netconsole.late.get()},
          {"restarts", netconsole.restarts.get()},
          {"malformed", netconsole.malformed.get()},
          {"by_limit", netconsole.by_limit.get()},
          {"by_share", netconsole.by_share.get()}};
}

Json to_object(const sink::SinkFigures& figures) {
  Json dropped = Json::object();
  for (std::size_t i = 0; i < figures.dropped.size(); ++i)
    dropped[std::string(sink::kDropReasonNames[i])] = figures.dropped[i];
  return {{"routed", figures.routed},
          {"written", figures.written},
          {"written_bytes", figures.written_bytes},
          {"dropped", dropped},
          {"queued", figures.queued},
          {"queue_share", figures.queue_share},
          {"rotated", figures.rotated},
          {"rotation_failed", figures.rotation_failed},
          {"truncated", figures.truncated},
          {"resent", figures.resent},
          {"unconfirmed", figures.unconfirmed},
          {"spooled", figures.spooled},
          {"recovered", figures.recovered},
          {"spool_bytes", figures.spool_bytes},
          {"spool_damaged", figures.spool_damaged},
          {"spool_damaged_bytes", figures.spool_damaged_bytes}};
}

}  // namespace

std::uint64_t PacketFigures::clock_steps() const { return sum(clock); }

std::int64_t Ledger::unaccounted_packets() const {
  return difference(packets.received,
                    packets.decoded + sum(packets.ignored) + sum(packets.malformed) + packets.kernel_dropped);
}

std::int64_t Ledger::unaccounted_bytes() const {
  return difference(streams.bytes_seen, streams.delivered + streams.duplicate + streams.late + streams.outside_window +
                                            streams.buffered + sum(streams.discarded));
}

std::int64_t Ledger::unaccounted_records() const {
  std::int64_t left = difference(records.framed, records.routed + sum(records.filtered));
  for (const auto& [name, figures] : sinks) {
    left += difference(figures.routed + figures.recovered,
                       figures.written + figures.dropped_sum() + figures.queued + figures.spooled);
  }
  return left;
}

std::uint64_t Ledger::lost_records() const {
  std::uint64_t lost = 0;
  for (const auto& [name, figures] : sinks) lost += figures.dropped_sum();
  return lost;
}

std::string Ledger::to_json() const {
  Json sink_objects = Json::object();
  for (const auto& [name, figures] : sinks) sink_objects[name] = to_object(figures);
  const Json json = {
      {"packets",
       {{"received", packets.received},
        {"received_bytes", packets.received_bytes},
        {"decoded", packets.decoded},
        {"ignored", to_object(packets.ignored)},
        {"malformed", to_object(packets.malformed)},
        {"kernel_dropped", packets.kernel_dropped},
        {"interface_dropped", packets.interface_dropped},
        {"filtered_out", packets.filtered_out},
        {"truncated", packets.truncated},
        {"clock", to_object(packets.clock)}}},
      {"streams",
       {{"bytes_seen", streams.bytes_seen},
        {"delivered", streams.delivered},
        {"duplicate", streams.duplicate},
        {"late", streams.late},
        {"outside_window", streams.outside_window},
        {"buffered", streams.buffered},
        {"discarded", to_object(streams.discarded)},
        {"events", to_object(streams.events)},
        {"fragments", to_object(streams.fragments)}}},
      {"records",
       {{"framed", records.framed},
        {"filtered", to_object(records.filtered)},
        {"routed", records.routed},
        {"framing", to_object(records.framing)},
        {"multiline", to_object(records.multiline)},
        {"gelf_chunks", to_object(records.gelf_chunks)},
        {"netconsole", to_object(records.netconsole)},
        {"decoding", to_object(records.decoding)}}},
      {"sinks", sink_objects},
      {"unaccounted",
       {{"packets", unaccounted_packets()}, {"bytes", unaccounted_bytes()}, {"records", unaccounted_records()}}}};
  return json.dump();
}

Ledger read_ledger(const pipeline::PipelineCounters& counters, const capture::CaptureStatistics& capture) {
  Ledger ledger;
  const packet_path::PacketLedger& packets = counters.packets;
  ledger.packets = {
      packets.received.get() + capture.kernel_dropped,
      packets.received_bytes.get(),
      packets.decoded.get(),
      packets.truncated.get(),
      capture.kernel_dropped,
      capture.interface_dropped,
      capture.filtered_out,
      {{"steps_back", counters.clock.steps_back.get()}, {"steps_forward", counters.clock.steps_forward.get()}},
      named(packets.ignored, packet_path::kIgnoredNames),
      named(packets.malformed, packet_path::kMalformedNames)};

  const tcp::StreamCounters& streams = counters.streams;
  const ip::FragmentCounters& fragments = counters.fragments;
  ledger.streams = {streams.seen.get(),
                    streams.delivered.get(),
                    streams.duplicate.get(),
                    streams.late.get(),
                    streams.outside_window.get(),
                    streams.buffered.get(),
                    {{"unwanted", streams.discarded_unwanted.get()},
                     {"reset", streams.discarded_reset.get()},
                     {"after_end", streams.discarded_after_end.get()}},
                    {{"gaps", streams.gaps.get()},
                     {"gap_bytes", streams.gap_bytes.get()},
                     {"recovered", streams.recovered.get()},
                     {"gave_up_for_limits", streams.gave_up_bytes.get()},
                     {"conflicts", streams.conflicts.get()},
                     {"early_fins", streams.early_fins.get()},
                     {"ignored_resets", streams.ignored_resets.get()},
                     {"doubted_acks", streams.doubted_acks.get()},
                     {"doubted_syns", streams.doubted_syns.get()},
                     {"returns", streams.returns.get()},
                     {"reopened", streams.reopened.get()},
                     {"connections_opened", streams.connections_opened.get()},
                     {"connections_open", streams.connections_open.get()},
                     {"evicted_idle", streams.evicted_idle.get()},
                     {"evicted_ceiling", streams.evicted_ceiling.get()},
                     {"evicted_share", streams.evicted_share.get()}},
                    {{"seen", fragments.fragments.get()},
                     {"absorbed", fragments.absorbed.get()},
                     {"duplicate", fragments.duplicate.get()},
                     {"held", fragments.held.get()},
                     {"discarded_timeout", fragments.discarded_timeout.get()},
                     {"discarded_limit", fragments.discarded_limit.get()},
                     {"discarded_share", fragments.discarded_share.get()},
                     {"discarded_unfinished", fragments.discarded_unfinished.get()},
                     {"discarded_overlap", fragments.discarded_overlap.get()},
                     {"discarded_malformed", fragments.discarded_malformed.get()},
                     {"datagrams", fragments.datagrams.get()}}};

  const record_path::RecordLedger& records = counters.records;
  using record::Decode;
  const record::DecodeCounters& decoding = counters.decoding;
  const record::PythonCounters& python = counters.python;
  ledger.records = {records.framed.get(),
                    records.routed.get(),
                    named(records.filtered, record_path::kFilteredNames),
                    framing_figures(counters.framing, records),
                    joining_figures(counters.joining),
                    chunk_figures(counters.gelf_chunks),
                    netconsole_figures(counters.netconsole),
                    {{"plain", decoding.of(Decode::plain).get()},
                     {"syslog", decoding.of(Decode::syslog).get()},
                     {"json", decoding.of(Decode::json).get()},
                     {"gelf", decoding.of(Decode::gelf).get()},
                     {"python", decoding.of(Decode::python).get()},
                     {"netconsole", decoding.of(Decode::netconsole).get()},
                     {"events", decoding.events.get()},
                     {"malformed", decoding.malformed.get()},
                     {"fields_left", decoding.fields_left.get() + python.fields_left.get()},
                     {"inflate_failed", decoding.inflate_failed.get()},
                     {"refused_opcodes", python.refused_opcodes.get()},
                     {"format_errors", python.format_errors.get()},
                     {"cut", decoding.cut.get()},
                     {"over_budget", decoding.over_budget.get()},
                     {"made_bytes", decoding.made_bytes.get()}}};
  return ledger;
}

}  // namespace logsniffd::app
