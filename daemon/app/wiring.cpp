#include "daemon/app/wiring.hpp"

#include <algorithm>

#include "daemon/sink/file/file_sink.hpp"
#include "daemon/sink/file/stream_sink.hpp"
#include "daemon/sink/journald/journald_sink.hpp"
#include "daemon/spool/spooled_sink.hpp"

namespace logsniffd::app {
namespace {

// A datagram's fragments follow one another closely; hosts themselves wait 15 to 60 s (RFC 8200, 4.5), for
// slower networks.
constexpr Duration kFragmentWait = std::chrono::seconds(30);

Expected<std::optional<record_path::Joining>> joining_of(const config::Multiline& multiline) {
  if (!multiline.mode) return std::nullopt;
  record_path::Joining joining;
  joining.options.mode = *multiline.mode;
  joining.options.timeout = multiline.timeout;
  if (*multiline.mode != framing::JoinMode::start) return joining;
  auto pattern = filter::LinePattern::compile(multiline.start);
  if (!pattern) return fail(std::move(pattern.error()));
  joining.expression = multiline.start;
  joining.start = std::make_shared<const filter::LinePattern>(std::move(*pattern));
  joining.options.start = joining.start.get();
  return joining;
}

filter::FilterOptions filter_options(const config::Filter& filter, const SinkIndex& sinks, bool text_only) {
  filter::FilterOptions options;
  options.name = filter.name;
  options.ports = filter.ports;
  options.transport = filter.transport;
  options.direction = filter.direction;
  options.networks = filter.networks;
  options.where = filter.where;
  options.match = filter.match;
  options.exclude = filter.exclude;
  options.at_least = filter.severity;
  options.redact = filter.redact;
  options.volume = filter.volume;
  options.text_only = text_only;
  options.final = filter.final;
  for (const std::string& sink : filter.to) options.sinks |= record::SinkMask{1} << sinks.at(sink);
  return options;
}

// One function for each type of target; `output` is for standard output alone.
Expected<std::unique_ptr<sink::Sink>> make_bare_sink(const config::FileTarget& file, const std::string&) {
  return sink::file::make_file_sink(
      {file.path, file.format, file.mode, file.rotation, file.sync, sink::file::FileTiming()});
}

Expected<std::unique_ptr<sink::Sink>> make_bare_sink(const config::SyslogTarget& syslog, const std::string&) {
  return sink::syslog::make_syslog_sink(syslog_options(syslog));
}

Expected<std::unique_ptr<sink::Sink>> make_bare_sink(const config::JournaldTarget& journald, const std::string&) {
  sink::journald::JournaldSinkOptions options;
  options.identifier = journald.identifier;
  return sink::journald::make_journald_sink(options);
}

Expected<std::unique_ptr<sink::Sink>> make_bare_sink(const config::StandardOutputTarget& standard_output,
                                                     const std::string& output) {
  return sink::file::make_stream_sink({output, standard_output.format});
}

}  // namespace

Expected<std::shared_ptr<const record_path::RoutingPlan>> make_plan(const config::Config& config,
                                                                    const SinkIndex& sinks, bool text_only) {
  std::vector<filter::FilterOptions> filters;
  std::vector<record_path::Lane> lanes;
  auto names = std::make_shared<record::FilterNames>();
  for (const config::Filter& filter : config.filters) {
    auto joining = joining_of(filter.multiline);
    if (!joining) return fail(std::move(joining.error()).within("filter " + filter.name));
    record_path::Lane wanted{filter.framing, std::move(*joining), filter.decode, 0};
    // The basic console sends lines; datagrams of the extended one are not split.
    if (wanted.decode == record::Decode::netconsole) wanted.framing.split_lines = true;
    auto lane = std::find_if(lanes.begin(), lanes.end(),
                             [&](const record_path::Lane& known) { return known.treats_as(wanted); });
    if (lane == lanes.end()) lane = lanes.insert(lanes.end(), wanted);
    lane->filters |= filter::FilterMask{1} << filters.size();
    filters.push_back(filter_options(filter, sinks, text_only));
    names->push_back(filter.name);
  }
  auto table = filter::FilterTable::compile(std::move(filters));
  if (!table) return fail(std::move(table.error()));
  return std::make_shared<const record_path::RoutingPlan>(
      record_path::RoutingPlan{std::move(*table), std::move(lanes), std::move(names)});
}

capture::WatchedTraffic watched_traffic(const config::Config& config) {
  capture::WatchedTraffic watched;
  for (const config::Filter& filter : config.filters) {
    if (filter.ports.empty()) watched.any_port = true;
    for (const auto& [first, last] : filter.ports) {
      if (filter.transport != Transport::udp) watched.tcp_ports.push_back({first, last});
      if (filter.transport != Transport::tcp) watched.udp_ports.push_back({first, last});
    }
  }
  return watched;
}

capture::LiveOptions live_options(const config::Config& config, const std::string& expression, bool wait_for_missing) {
  capture::LiveOptions options;
  options.interfaces = config.capture.interfaces;
  options.promiscuous = config.capture.promiscuous;
  options.snaplen_bytes = static_cast<std::uint32_t>(config.capture.snaplen);
  options.buffer_bytes = config.capture.buffer;
  options.latency = config.capture.latency;
  options.watched = watched_traffic(config);
  options.wait_for_missing = wait_for_missing;
  options.expression = expression;
  return options;
}

pipeline::PipelineLimits pipeline_limits(const config::Limits& limits) {
  return {{limits.connections, limits.idle, limits.hole_wait, limits.per_connection, limits.reassembly},
          {limits.fragments, kFragmentWait},
          {limits.record, limits.reassembly}};
}

sink::syslog::SyslogSinkOptions syslog_options(const config::SyslogTarget& syslog) {
  sink::syslog::SyslogSinkOptions options;
  options.target = syslog.to;
  options.protocol = syslog.protocol;
  options.max_size = syslog.max_size;
  options.trust = syslog.trust;
  options.facility = syslog.facility;
  options.tag = syslog.tag;
  options.tls = syslog.tls;
  return options;
}

Expected<std::unique_ptr<sink::Sink>> make_sink(const config::Sink& sink, const std::string& output) {
  auto bare = std::visit([&](const auto& target) { return make_bare_sink(target, output); }, sink.target);
  if (!bare || !sink.spool) return bare;
  return std::make_unique<spool::SpooledSink>(spool::SpoolOptions{sink.spool->path, sink.spool->size},
                                              std::move(*bare));
}

}  // namespace logsniffd::app
