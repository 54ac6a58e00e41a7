// The only translator from the configuration to each room's own options.
//
// Pure except make_sink(), which still opens nothing.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "config/model.hpp"
#include "daemon/capture/live_source.hpp"
#include "daemon/pipeline/pipeline.hpp"
#include "daemon/sink/sink.hpp"
#include "daemon/sink/syslog/syslog_sink.hpp"

namespace logsniffd::app {

// The bit of record::SinkSet that each sink has.
using SinkIndex = std::map<std::string, unsigned>;

[[nodiscard]] Expected<std::shared_ptr<const record_path::RoutingPlan>> make_plan(const config::Config& config,
                                                                                  const SinkIndex& sinks,
                                                                                  bool text_only);
[[nodiscard]] capture::WatchedTraffic watched_traffic(const config::Config& config);
[[nodiscard]] capture::LiveOptions live_options(const config::Config& config, const std::string& expression,
                                                bool wait_for_missing);
[[nodiscard]] pipeline::PipelineLimits pipeline_limits(const config::Limits& limits);
// Makes the sink, with its spool if it has one. `output`: where a standard output sink writes instead (sniff -o);
// empty: standard output.
[[nodiscard]] Expected<std::unique_ptr<sink::Sink>> make_sink(const config::Sink& sink, const std::string& output);
// Takes the place of make_sink() where the sinks are not the real ones.
using SinkMaker = std::function<Expected<std::unique_ptr<sink::Sink>>(const config::Sink&)>;
[[nodiscard]] sink::syslog::SyslogSinkOptions syslog_options(const config::SyslogTarget& syslog);

}  // namespace logsniffd::app
