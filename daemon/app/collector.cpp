#include "daemon/app/collector.hpp"

#include <sys/random.h>

#include "daemon/app/deadline.hpp"
#include "daemon/capture/file_source.hpp"

namespace logsniffd::app {
namespace {

std::uint64_t random_secret() {
  std::uint64_t secret = 0;
  [[maybe_unused]] const auto got = ::getrandom(&secret, sizeof secret, 0);  // never fails for 8 bytes
  return secret;
}

// Whether the kernel's side of capture can stay as it is.
bool same_capture(const config::Capture& a, const config::Capture& b) {
  return a.interfaces == b.interfaces && a.promiscuous == b.promiscuous && a.snaplen == b.snaplen &&
         a.buffer == b.buffer && a.latency == b.latency;
}

Ledger make_ledger(const CaptureCounters& counters, std::vector<NamedSinkFigures> sinks) {
  Ledger ledger = read_ledger(counters.pipeline, counters.statistics());
  ledger.sinks = std::move(sinks);
  return ledger;
}

// How far behind the clock packets may come out of the kernel.
Duration time_lag(const config::Config& config) { return 2 * config.capture.latency; }

}  // namespace

Collector::Collector(CollectorOptions options, CollectorEvents events)
    : options_(std::move(options)),
      events_(std::move(events)),
      sinks_(options_.output, events_.on_sink_error, events_.on_sink_ended, !options_.read_file.empty(), options_.make,
             &losses_) {}

Collector::~Collector() { stop(Duration::zero()); }

Expected<std::unique_ptr<Collector>> Collector::create(CollectorOptions options, CollectorEvents events) {
  std::unique_ptr<Collector> collector(new Collector(std::move(options), std::move(events)));
  if (Status wired = collector->wire(); !wired) return fail(std::move(wired.error()));
  return collector;
}

// Checks the options first, then opens the source, then the targets: nothing is touched in vain.
Status Collector::wire() {
  auto sinks = sinks_.prepare(options_.config.sinks);
  if (!sinks) return fail(std::move(sinks.error()));
  auto plan = make_plan(options_.config, sinks->index(), options_.text_only);
  if (!plan) return fail(std::move(plan.error()));
  auto source = open_source();
  if (!source) return fail(std::move(source.error()));
  if (Status opened = sinks->open(); !opened) return opened;
  tell_early_events();

  const bool live = options_.read_file.empty();
  CaptureWorkerOptions worker;
  worker.pipeline.limits = pipeline_limits(options_.config.limits);
  worker.pipeline.overload = live ? record_path::Overload::drop : record_path::Overload::wait;
  worker.pipeline.linger = live ? options_.config.capture.latency : Duration::max();
  worker.pipeline.max_records = options_.max_records;
  worker.pipeline.hash_secret = random_secret();
  if (live) worker.pipeline.sample_secret = random_secret();  // a file gives the same sample each time
  if (live) worker.time_lag = time_lag(options_.config);
  worker_ = std::make_unique<CaptureWorker>(worker, std::move(*source), events_.on_finished);
  worker_->configure(std::move(*plan), sinks->outlets());
  opened_sinks_ = std::move(*sinks);
  return {};
}

Expected<std::unique_ptr<capture::PacketSource>> Collector::open_source() {
  if (!options_.expression.empty()) {
    if (Status valid = capture::check_expression(options_.expression); !valid) return fail(std::move(valid.error()));
  }
  if (!options_.read_file.empty()) return capture::FileSource::open(options_.read_file, options_.expression);
  return open_live(options_.config);
}

Expected<std::unique_ptr<capture::PacketSource>> Collector::open_live(const config::Config& config) {
  return options_.open_live(live_options(config, options_.expression, options_.wait_for_missing),
                            [this](const auto& interface, capture::InterfaceChange change, const auto& detail) {
                              on_interface(interface, change, detail);
                            });
}

void Collector::on_interface(const std::string& interface, capture::InterfaceChange change, const std::string& detail) {
  if (early_events_) {
    early_events_->push_back({interface, change, detail});
  } else {
    events_.on_interface(interface, change, detail);
  }
}

void Collector::tell_early_events() {
  const auto events = std::exchange(early_events_, std::nullopt);
  for (const InterfaceEvent& event : *events) {
    events_.on_interface(event.interface, event.change, event.detail);
  }
}

void Collector::start() {
  sinks_.commit(*std::exchange(opened_sinks_, std::nullopt));
  worker_->start();
}

Status Collector::reload(const config::Config& config) {
  auto sinks = sinks_.prepare(config.sinks);
  if (!sinks) return fail(std::move(sinks.error()));
  auto plan = make_plan(config, sinks->index(), options_.text_only);
  if (!plan) return fail(std::move(plan.error()));
  std::unique_ptr<capture::PacketSource> source;
  if (!same_capture(config.capture, options_.config.capture)) {
    auto opened = open_live(config);
    if (!opened) return fail(std::move(opened.error()));
    source = std::move(*opened);
  }
  if (Status opened = sinks->open(); !opened) return opened;

  // If the source is a new one, packets that the kernel already holds are read under the old plan.
  Status watched;
  worker_->execute([&] {
    if (source) {
      worker_->replace_source(std::move(source));
    } else {
      watched = worker_->source().set_watched(watched_traffic(config), options_.expression);
      if (!watched) return;
    }
    worker_->set_time_lag(time_lag(config));
    worker_->pipeline().set_limits(pipeline_limits(config.limits));
    worker_->configure(std::move(*plan), sinks->outlets());
  });
  if (!watched) return watched;
  sinks_.commit(std::move(*sinks));
  options_.config = config;
  return {};
}

bool Collector::stop(Duration deadline, const SinkSet::LateListener& on_late) {
  if (!worker_) return true;
  if (deadline == Duration::zero()) worker_->abandon();
  const auto until = std::chrono::steady_clock::now() + deadline;
  worker_->stop();
  return sinks_.stop(left_until(until), on_late);
}

Ledger Collector::ledger() const {
  std::vector<NamedSinkFigures> sinks = sinks_.figures();
  return make_ledger(worker_->counters(), std::move(sinks));
}

CollectorView Collector::look(Duration within) {
  std::vector<NamedSinkFigures> sinks = sinks_.figures();
  std::optional<CaptureView> capture = worker_->look(within);
  Ledger ledger = make_ledger(capture ? capture->counters : worker_->counters(), std::move(sinks));
  return {std::move(capture), std::move(ledger), sinks_.views()};
}

}  // namespace logsniffd::app
