// A whole capture file through the whole pipeline: no crash, and the ledger balances.
#include <cstdint>
#include <cstdlib>

#include "daemon/capture/file_source.hpp"
#include "daemon/pipeline/pipeline.hpp"
#include "tests/support/ledger_check.hpp"

namespace {

using namespace logsniffd;

void require(bool condition) {
  if (!condition) std::abort();
}

std::shared_ptr<const record_path::RoutingPlan> everything() {
  filter::FilterOptions filter;
  filter.name = "all";
  filter.sinks = 1;
  auto table = filter::FilterTable::compile({filter});
  require(table.has_value());
  auto names = std::make_shared<record::FilterNames>(record::FilterNames{"all"});
  return std::make_shared<const record_path::RoutingPlan>(
      record_path::RoutingPlan{std::move(*table), {{.filters = 1}}, names});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto plan = everything();
  auto source = capture::FileSource::over(Bytes(data, size));
  if (!source) return 0;
  pipeline::PipelineOptions options;
  options.limits.tcp = {100, std::chrono::minutes(5), std::chrono::seconds(2), 64 * 1024, 256 * 1024};
  options.limits.fragments = {256 * 1024, std::chrono::seconds(30)};
  options.limits.framing = {4096, 64 * 1024};
  options.linger = std::chrono::seconds(1);
  const std::atomic<bool> abandon{false};
  queue::Wakeup wakeup;
  record_path::BatchQueue queue(64 * 1024, wakeup);  // small, so that it drops
  pipeline::Pipeline pipeline(options, abandon);
  pipeline.configure(plan, {{0, &queue}});
  while (true) {
    const auto status = (*source)->read(pipeline, 64);
    if (!status || *status == capture::ReadStatus::end) break;
  }
  pipeline.finish();

  require(test::imbalance_at_end(pipeline, queue).empty());
  require(test::excess(pipeline, options.limits).empty());
  return 0;
}
