#include "daemon/app/wiring.hpp"

#include <algorithm>

namespace logsniffd::app {
namespace {

// A datagram's fragments follow one another closely; hosts themselves wait 15 to 60 s (RFC 8200, 4.5), for slower
// networks.
constexpr Duration kFragmentWait = std::chrono::seconds(30);

std::optional<Transport> transport_of(config::Protocol protocol) {
  switch (protocol) {
    case config::Protocol::tcp:
      return Transport::tcp;
    case config::Protocol::udp:
      return Transport::udp;
    case config::Protocol::both:
      break;
  }
  return std::nullopt;
}

filter::Direction direction_of(config::Direction direction) {
  switch (direction) {
    case config::Direction::to:
      return filter::Direction::to;
    case config::Direction::from:
      return filter::Direction::from;
    case config::Direction::both:
      break;
  }
  return filter::Direction::both;
}

framing::FramingOptions framing_of(const config::Framing& framing) {
  using From = config::Framing::Method;
  using To = framing::Method;
  constexpr std::array<std::pair<From, To>, 6> kMethods{{{From::automatic, To::automatic},
                                                         {From::lines, To::lines},
                                                         {From::nul, To::nul},
                                                         {From::octet, To::octet},
                                                         {From::length, To::length},
                                                         {From::datagram, To::datagram}}};
XXX
}

record::Decode decode_of(config::Decode decode) {
  switch (decode) {
    case config::Decode::plain:
      return record::Decode::plain;
    case config::Decode::syslog:
      return record::Decode::syslog;
    case config::Decode::json:
      return record::Decode::json;
    case config::Decode::gelf:
      return record::Decode::gelf;
    case config::Decode::python:
      return record::Decode::python;
    case config::Decode::automatic:
      break;
  }
  return record::Decode::automatic;
}

filter::FilterOptions filter_options(const config::Filter& filter, const SinkIndex& sinks, bool text_only) {
  filter::FilterOptions options;
  options.name = filter.name;
  for (const auto& [first, last] : filter.ports) options.ports.push_back({first, last});
  options.transport = transport_of(filter.protocol);
  options.direction = direction_of(filter.direction);
  for (const auto& [address, prefix] : filter.networks) options.networks.push_back({address, prefix});
  options.match = filter.match;
  options.exclude = filter.exclude;
  if (filter.severity) options.at_least = record::parse_severity(*filter.severity);
  options.text_only = text_only;
  options.final = filter.final;
  for (const std::string& sink : filter.to) options.sinks |= record::SinkSet{1} << sinks.at(sink);
  return options;
}

}  // namespace

Expected<std::shared_ptr<const pipeline::RoutingPlan>> make_plan(const config::Config& config, const SinkIndex& sinks,
                                                                 bool text_only) {
  std::vector<filter::FilterOptions> filters;
  std::vector<pipeline::Lane> lanes;
  auto names = std::make_shared<record::FilterNames>();
  for (const config::Filter& filter : config.filters) {
    const pipeline::Lane wanted{method_of(filter.framing), decode_of(filter.decode), 0};
    auto lane = std::find_if(lanes.begin(), lanes.end(), [&](const pipeline::Lane& known) {
      return known.method == wanted.method && known.decode == wanted.decode;
    });
    if (lane == lanes.end()) lane = lanes.insert(lanes.end(), wanted);
    lane->filters |= filter::FilterMask{1} << filters.size();
    filters.push_back(filter_options(filter, sinks, text_only));
    names->push_back(filter.name);
  }
  auto table = filter::FilterTable::compile(std::move(filters));
  if (!table) return fail(std::move(table.error()));
  return std::make_shared<const pipeline::RoutingPlan>(
      pipeline::RoutingPlan{std::move(*table), std::move(lanes), std::move(names)});
}

capture::WatchedTraffic watched_traffic(const config::Config& config) {
  capture::WatchedTraffic watched;
  for (const config::Filter& filter : config.filters) {
    if (filter.ports.empty()) watched.any_port = true;
    for (const auto& [first, last] : filter.ports) {
      if (filter.protocol != config::Protocol::udp) watched.tcp_ports.push_back({first, last});
      if (filter.protocol != config::Protocol::tcp) watched.udp_ports.push_back({first, last});
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

Expected<std::unique_ptr<sink::Sink>> make_sink(const config::Sink& sink, const std::string& output) {
  const std::string format = sink.format.empty() ? "text" : sink.format;
  switch (sink.type) {
    case config::SinkType::file:
      return sink::make_file_sink({sink.path, format, sink.mode});
    case config::SinkType::syslog: {
      sink::SyslogSinkOptions options;
      if (!sink.target.empty()) options.target = sink.target;
      options.protocol = sink.protocol;
      options.max_size = sink.max_size;
      options.tls = {sink.tls.ca, sink.tls.certificate, sink.tls.key, sink.tls.verify, sink.tls.server_name};
      return sink::make_syslog_sink(options);
    }
    case config::SinkType::journald: {
      sink::JournaldSinkOptions options;
      options.identifier = sink.identifier;
      return sink::make_journald_sink(options);
    }
    case config::SinkType::standard_output:
      break;
  }
  return sink::make_stream_sink({output, format});
}

}  // namespace logsniffd::app
