#include "daemon/app/tap_set.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "daemon/base/nearest.hpp"

namespace logsniffd::app {
namespace {

// What a request asks for.
struct TapRequest {
  record_path::TapOptions options;
  format::RecordFormat format;
  pattern::ExpressionSet match;
};

Expected<TapRequest> read_request(const control::Json& arguments, const config::Config& config) {
  record_path::TapOptions options;
  options.linger = config.capture.latency;
  if (const auto dropped = arguments.find("dropped"); dropped != arguments.end()) options.dropped = *dropped == true;
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
  auto format = format::RecordFormat::compile(control::text_argument(arguments, "format", "text"));
  if (!format) return fail(std::move(format.error()).within("the format"));
  std::vector<std::string> expressions;
  if (std::string match = control::text_argument(arguments, "match"); !match.empty())
    expressions.push_back(std::move(match));
  auto match = pattern::ExpressionSet::compile(expressions);
  if (!match) return fail(std::move(match.error()).within("match"));
  return TapRequest{std::move(options), std::move(*format), std::move(*match)};
}

}  // namespace

struct TapSet::Session {
  Session(std::unique_ptr<sink::SinkWorker> its_worker, TapSink& its_sink, record_path::TapOptions options)
      : worker(std::move(its_worker)), sink(its_sink), tap(std::move(options), worker->queue(0)) {}

  std::unique_ptr<sink::SinkWorker> worker;
  TapSink& sink;  // in the worker
  record_path::Tap tap;
  std::optional<loop::EventLoop::Source> hang_up;
};

TapSet::TapSet(loop::EventLoop& loop, Collector& collector) : loop_(loop), collector_(collector) {}

TapSet::~TapSet() {
  while (!sessions_.empty()) end(sessions_.back().get());
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
  const std::string begun = control::answer_line() + "\n";
  if (::send(connection.get(), begun.data(), begun.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(begun.size())) return;

  const int descriptor = connection.get();
  auto sink = std::make_unique<TapSink>(std::move(connection), std::move(request->format), std::move(request->match),
                                        std::make_shared<TapPlaces>(tap_places(collector_.config(), config_path)));
  TapSink& its_sink = *sink;
  sink::SinkWorkerOptions options;
  options.name = "tap";
  options.queue_bytes = kQueueBytes;
  auto worker = sink::SinkWorker::create(options, std::move(sink), [](const std::string&, const std::string&) {});
  if (!worker) return;  // no descriptors left; the closed connection tells
  sessions_.push_back(std::make_unique<Session>(std::move(*worker), its_sink, std::move(request->options)));
  Session& session = *sessions_.back();
  session.worker->start();
  collector_.worker().execute([&] { collector_.worker().pipeline().add_tap(session.tap); });
  auto hang_up = loop_.add_descriptor(descriptor, 0, [this, &session](std::uint32_t) { end(&session); });
  if (!hang_up) return end(&session);
  session.hang_up = std::move(*hang_up);
}

void TapSet::reconfigure(const std::string& config_path) {
  if (sessions_.empty()) return;
  const auto places = std::make_shared<TapPlaces>(tap_places(collector_.config(), config_path));
  for (const auto& session : sessions_) session->sink.set_places(places);
}

void TapSet::end(const Session* session) {
  const auto found = std::find_if(sessions_.begin(), sessions_.end(),
                                  [&](const std::unique_ptr<Session>& each) { return each.get() == session; });
  const std::unique_ptr<Session> ending = std::move(*found);
  sessions_.erase(found);
  ending->hang_up.reset();  // before its descriptor
  collector_.worker().execute([&] { collector_.worker().pipeline().remove_tap(ending->tap); });
  ending->worker->queue(0).close();
  ending->worker->stop(Duration::zero());
}

}  // namespace logsniffd::app
