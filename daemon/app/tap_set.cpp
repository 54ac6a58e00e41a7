#include "daemon/app/tap_set.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/socket.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "daemon/app/deadline.hpp"
#include "daemon/base/nearest.hpp"

namespace logsniffd::app {
namespace {

// What a request asks for.
struct TapRequest {
  record_path::TapOptions options;
  TapShow show;
  bool looks_at_bytes;  // as they are on the wire

  // Of sinks.
  [[nodiscard]] bool shows_losses() const { return options.dropped && options.at == record_path::TapPoint::record; }
};

// The first filter that hides something (redact) of what such a tap looks at; nullopt: none does.
std::optional<std::string> hiding_filter(const record_path::TapOptions& options, const config::Config& config) {
  for (const config::Filter& filter : config.filters) {
    const auto& wanted = options.filters;
    const bool watched = wanted.empty() || std::find(wanted.begin(), wanted.end(), filter.name) != wanted.end();
    if (watched && !filter.redact.empty()) return filter.name;
  }
  return std::nullopt;
}

Expected<record_path::TapPoint> read_point(const control::Json& arguments) {
  const auto& names = record_path::kTapPointNames;
  const std::string name = control::text_argument(arguments, "at", "record");
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<record_path::TapPoint>(found - names.begin());
  return fail(Error::usage(fmt::format("at: '{}' is not one of {}", name, fmt::join(names, ", "))));
}

bool flag(const control::Json& arguments, const char* name) {
  const auto found = arguments.find(name);
  return found != arguments.end() && *found == true;
}

Expected<TapShow::Format> read_format(const control::Json& arguments, record_path::TapPoint at) {
  const std::string name = control::text_argument(arguments, "format", "text");
  if (at != record_path::TapPoint::record) {
    auto of_events = TapEventFormat::compile(name);
    if (!of_events) return fail(std::move(of_events.error()));
    return TapShow::Format(std::move(*of_events));
  }
  auto of_records = format::RecordFormat::compile(name);
  if (!of_records) return fail(std::move(of_records.error()).within("the format"));
  return TapShow::Format(std::move(*of_records));
}

Expected<TapRequest> read_request(const control::Json& arguments, const config::Config& config) {
  record_path::TapOptions options;
  options.linger = config.capture.latency;
  options.dropped = flag(arguments, "dropped");
  const auto at = read_point(arguments);
  if (!at) return fail(at.error());
  options.at = *at;
  if (options.dropped && *at == record_path::TapPoint::stream) {
    return fail(Error::usage("what streams lose is shown without --dropped, as gaps; leave it out"));
  }
  std::vector<std::string_view> names;
  for (const config::Filter& filter : config.filters) names.push_back(filter.name);
  if (const auto filters = arguments.find("filters"); filters != arguments.end() && filters->is_array()) {
    for (const control::Json& filter : *filters) {
      const std::string name = filter.is_string() ? filter.get<std::string>() : "";
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        return fail(Error::usage(fmt::format("'{}' is not the name of a filter{}", name, did_you_mean(name, names))));
      }
      options.filters.push_back(name);
    }
  }
  auto format = read_format(arguments, *at);
  if (!format) return fail(std::move(format.error()));
  std::vector<std::string> expressions;
  if (std::string match = control::text_argument(arguments, "match"); !match.empty())
    expressions.push_back(std::move(match));
  auto match = pattern::ExpressionSet::compile(expressions);
  if (!match) return fail(std::move(match.error()).within("match"));
  const bool payload = flag(arguments, "payload");
  const bool looks_at_bytes = *at != record_path::TapPoint::record && (payload || !match->empty());
  if (const auto hiding = hiding_filter(options, config); looks_at_bytes && hiding) {
    return fail(
        Error::usage(fmt::format("filter {} redacts: the bytes of its {}s are not shown or searched; watch its "
                                 "records, or other filters",
                                 *hiding, record_path::kTapPointNames[static_cast<std::size_t>(*at)])));
  }
  return TapRequest{std::move(options), {std::move(*format), std::move(*match), payload}, looks_at_bytes};
}

}  // namespace

struct TapSet::Session {
  Session(std::unique_ptr<sink::SinkWorker> its_worker, TapSink& its_sink, TapRequest request)
      : worker(std::move(its_worker)),
        sink(its_sink),
        looks_at_bytes(request.looks_at_bytes),
        shows_losses(request.shows_losses()),
        tap(std::move(request.options), worker->queue(0)) {}

  std::unique_ptr<sink::SinkWorker> worker;
  TapSink& sink;  // in the worker
  bool looks_at_bytes;
  bool shows_losses;  // through queue 1 of the worker
  record_path::Tap tap;
  std::optional<loop::EventLoop::Source> hang_up;
};

TapSet::TapSet(loop::EventLoop& loop, Collector& collector) : loop_(loop), collector_(collector) {}

TapSet::~TapSet() {
  const SteadyTime until = std::chrono::steady_clock::now() + kFarewell;
  for (const auto& session : sessions_) detach(*session);
  for (const auto& session : sessions_) session->worker->stop(left_until(until));
}

void TapSet::begin(const control::Json& arguments, control::Server::Reply reply, const std::string& config_path) {
  const auto refuse = [&](const Error& error) { std::move(reply).send(control::error_line(error)); };
  auto request = read_request(arguments, collector_.config());
  if (!request) return refuse(request.error());
  if (sessions_.size() >= kMaxTaps) {
    return refuse(Error::runtime(fmt::format("{} programs watch already; end one of them", kMaxTaps)));
  }
  UniqueFd connection = std::move(reply).take();
  if (!connection.valid()) return;
  const auto at = record_path::kTapPointNames[static_cast<std::size_t>(request->options.at)];
  const std::string begun = control::answer_line({{"at", at}}) + "\n";
  if (::send(connection.get(), begun.data(), begun.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(begun.size())) return;

  const int descriptor = connection.get();
  auto sink = std::make_unique<TapSink>(std::move(connection), std::move(request->show),
                                        std::make_shared<TapPlaces>(tap_places(collector_.config(), config_path)));
  TapSink& its_sink = *sink;
  sink::SinkWorkerOptions options;
  options.name = "tap";
  options.queue_bytes = kQueueBytes;
  if (request->shows_losses()) options.capture_workers = 2;  // the second one is whichever sink drops something
  auto worker = sink::SinkWorker::create(options, std::move(sink), [](const std::string&, const std::string&) {});
  if (!worker) return;  // no descriptors left; the closed connection tells
  sessions_.push_back(std::make_unique<Session>(std::move(*worker), its_sink, std::move(*request)));
  Session& session = *sessions_.back();
  if (session.shows_losses) {
    session.sink.set_missed(
        [&losses = collector_.losses(), &queue = session.worker->queue(1)] { return losses.take_missed(queue); });
  }
  session.worker->start();
  collector_.worker().execute([&] { collector_.worker().pipeline().add_tap(session.tap); });
  if (session.shows_losses) collector_.losses().add(session.worker->queue(1), session.tap.options().filters);
  auto hang_up = loop_.add_descriptor(descriptor, 0, [this, &session](std::uint32_t) { end(&session); });
  if (!hang_up) return end(&session);
  session.hang_up = std::move(*hang_up);
}

void TapSet::reconfigure(const std::string& config_path) {
  std::vector<const Session*> hidden;
  for (const auto& session : sessions_) {
    if (session->looks_at_bytes && hiding_filter(session->tap.options(), collector_.config()))
      hidden.push_back(session.get());
  }
  for (const Session* session : hidden) end(session);
  if (sessions_.empty()) return;
  const auto places = std::make_shared<TapPlaces>(tap_places(collector_.config(), config_path));
  for (const auto& session : sessions_) session->sink.set_places(places);
}

void TapSet::end(const Session* session) {
  const auto found = std::find_if(sessions_.begin(), sessions_.end(),
                                  [&](const std::unique_ptr<Session>& each) { return each.get() == session; });
  const std::unique_ptr<Session> ending = std::move(*found);
  sessions_.erase(found);
  detach(*ending);
  ending->worker->stop(Duration::zero());
}

// Nothing more comes for it.
void TapSet::detach(Session& session) {
  session.hang_up.reset();  // before its descriptor
  collector_.worker().execute([&] { collector_.worker().pipeline().remove_tap(session.tap); });
  session.worker->queue(0).close();
  if (!session.shows_losses) return;
  session.sink.set_last_missed(collector_.losses().remove(session.worker->queue(1)));
  session.worker->queue(1).close();
}

}  // namespace logsniffd::app
