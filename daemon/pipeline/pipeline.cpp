#include "daemon/pipeline/pipeline.hpp"

namespace logsniffd::pipeline {
namespace {

packet_path::PacketLimits packet_limits(const PipelineLimits& limits) { return {limits.tcp, limits.fragments}; }

// Messages with missing datagrams may hold as much again as datagrams with missing fragments.
record_path::RecordLimits record_limits(const PipelineLimits& limits) {
  return {limits.framing, limits.fragments.bytes};
}

record_path::RecordPathOptions record_options(const PipelineOptions& options) {
  return {record_limits(options.limits), options.overload,    options.linger,
          options.max_records,           options.hash_secret, options.sample_secret};
}

}  // namespace

Pipeline::Pipeline(const PipelineOptions& options, const std::atomic<bool>& abandon)
    : clock_(options.slack),
      records_(record_options(options), clock_, interfaces_, abandon),
      packets_(packet_limits(options.limits), interfaces_, records_, options.hash_secret) {
  records_.set_streams(packets_.streams());
}

void Pipeline::set_limits(const PipelineLimits& limits) {
  packets_.set_limits(packet_limits(limits));
  records_.set_limits(record_limits(limits));
}

packet_path::PacketVerdict Pipeline::add(const capture::RawPacket& packet) {
  packets_.decode({&packet, 1});
  return add(packet, 0);
}

void Pipeline::on_packets(std::span<const capture::RawPacket> packets) {
  packets_.decode(packets);
  for (std::size_t i = 0; i < packets.size(); ++i) add(packets[i], i);
}

packet_path::PacketVerdict Pipeline::add(const capture::RawPacket& packet, std::size_t place) {
  now_ = clock_.at(packet.captured_at);
  records_.begin(now_);
  const packet_path::PacketVerdict verdict = packets_.add(packet, place, now_);
  if (reports_packets_) [[unlikely]]
    packets_.report(packet, place, verdict);
  records_.end();
  return verdict;
}

void Pipeline::idle(PacketTime now) {
  now_ = clock_.at(now);
  records_.begin(now_);
  packets_.advance(now_);
  records_.idle();
}

void Pipeline::finish() {
  records_.finish_datagrams();
  packets_.finish(now_);
  records_.finish();
}

std::optional<Duration> Pipeline::idle_within() const {
  return sooner(packets_.advance_within(), records_.wake_within());
}

void Pipeline::copy_counters(PipelineCounters& copy) const {
  copy.packets = packets();
  copy.clock = clock();
  copy.streams = streams();
  copy.fragments = fragments();
  copy.framing = framing();
  copy.joining = joining();
  copy.records = records();
  copy.gelf_chunks = gelf_chunks();
  copy.netconsole = netconsole();
  copy.decoding = decoding();
  copy.python = python();
}

}  // namespace logsniffd::pipeline
