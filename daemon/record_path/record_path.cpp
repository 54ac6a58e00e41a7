#include "daemon/record_path/record_path.hpp"

#include <algorithm>
#include <utility>

#include "daemon/record/plain.hpp"

namespace logsniffd::record_path {
namespace {

constexpr std::uint64_t kMaxChunkedMessages = 4096;
constexpr std::uint64_t kMaxNetconsoleMessages = 4096;
constexpr std::uint64_t kMaxNetconsoleSenders = 4096;

framing::GelfChunkLimits chunk_limits(const RecordLimits& limits) {
  return {limits.datagram_bytes, kMaxChunkedMessages};
}

framing::NetconsoleLimits netconsole_limits(const RecordLimits& limits) {
  return {limits.datagram_bytes, kMaxNetconsoleMessages, kMaxNetconsoleSenders};
}

// Records of several lines may hold as much again as incomplete frames.
framing::JoinLimits join_limits(const RecordLimits& limits) {
  return {limits.framing.record_bytes, limits.framing.partial_bytes};
}

std::string_view notice_of(framing::Foreign what) {
  switch (what) {
    case framing::Foreign::tls:
      return "this connection is encrypted (TLS): nothing in it can be read";
    case framing::Foreign::java_serialization:
      return "this connection carries serialized Java objects: they are never read";
    case framing::Foreign::binary:
      break;
  }
  return "this connection carries binary data: nothing in it looks like a log";
}

}  // namespace

RecordPath::RecordPath(const RecordPathOptions& options, const PacketClock& clock, const InterfaceNames& interfaces,
                       const std::atomic<bool>& abandon)
    : clock_(clock),
      interfaces_(interfaces),
      framing_{options.limits.framing, {}},
      joiner_(join_limits(options.limits)),
      gelf_chunks_(chunk_limits(options.limits)),
      netconsole_(netconsole_limits(options.limits)),
      decoder_(options.limits.framing.record_bytes, options.hash_secret),
      volume_(options.sample_secret),
      writer_(options.overload, options.linger, abandon),
      senders_(options.hash_secret),
      max_records_(options.max_records) {}

void RecordPath::configure(std::shared_ptr<const RoutingPlan> plan, std::vector<Outlet> outlets) {
  joiner_.flush_all(*this);
  netconsole_.finish(*this);  // perhaps no lane of the new plan reads it
  source_->for_each_stream([&](const tcp::StreamView& view) { replan(view, *plan); });
  volume_.finish(*this);
  writer_.publish();
  keep_figures(*plan->names);
  plan_ = std::move(plan);
  traffic_index_ = &plan_->filters.traffic();
  volume_.configure(plan_->filters.options());
  short_way_.audience = 0;
  writer_.configure(plan_->names, std::move(outlets));
  for_each_tap([this](Tap& tap) { tap.configure(*plan_->names, writer_.outlets()); });
  source_->reconsider();
}

void RecordPath::settle_traffic() {
  count(traffic_.audience, [&](FilterFigures& filter) {
    filter.datagrams += traffic_.datagrams;
    filter.bytes += traffic_.bytes;
    filter.last_bytes_at = traffic_.last_at;
  });
  traffic_ = {};
}

void RecordPath::keep_figures(const record::FilterNames& names) {
  settle_traffic();
  std::vector<FilterFigures> kept(names.size());
  for (std::size_t i = 0; plan_ && i < plan_->names->size(); ++i) {
    const auto same = std::find(names.begin(), names.end(), (*plan_->names)[i]);
    if (same != names.end()) kept[static_cast<std::size_t>(same - names.begin())] = figures_[i];
  }
  figures_ = std::move(kept);
}

std::vector<NamedFilterFigures> RecordPath::filters() {
  settle_traffic();
  std::vector<NamedFilterFigures> filters;
  for (std::size_t i = 0; i < figures_.size(); ++i) {
    FilterFigures figures = figures_[i];
    for (PacketTime* time : {&figures.last_bytes_at, &figures.last_record_at}) {
      if (*time != PacketTime{}) *time = clock_.original(*time);
    }
    filters.push_back({(*plan_->names)[i], figures});
  }
  return filters;
}

void RecordPath::set_limits(const RecordLimits& limits) {
  framing_.limits = limits.framing;
  gelf_chunks_.set_limits(chunk_limits(limits));
  netconsole_.set_limits(netconsole_limits(limits));
  joiner_.set_limits(join_limits(limits));
  decoder_.set_record_limit(limits.framing.record_bytes);
}

void RecordPath::idle() {
  end_silences();
  joiner_.expire(now_, *this);
  gelf_chunks_.expire(now_);
  expire_netconsole();
  publish();
}

void RecordPath::finish() {
  volume_.finish(*this);
  publish();
}

void RecordPath::publish() {
  writer_.publish();
  for_each_tap([](Tap& tap) { tap.publish(); });
}

std::optional<Duration> RecordPath::wake_within() const {
  return sooner(sooner(silent_.due_within(now_), joiner_.expire_within(now_)),
                sooner(netconsole_.expire_within(now_), volume_.expire_within(now_)));
}

void RecordPath::on_frame(const framing::RecordOrigin& origin, Bytes frame, Integrity integrity) {
  const std::optional<Joining>& joining = lane_of(origin).joining;
  if (!joining) [[likely]]
    return on_record(origin, frame, integrity);
  joiner_.line(origin, joining->options, frame, integrity, *this);
}

// One record for each filter, in place of traffic that is not a log.
void RecordPath::on_foreign(const framing::RecordOrigin& origin, framing::Foreign what) {
  count(origin.audience, [&](FilterFigures& filter) { ++filter.foreign[static_cast<std::size_t>(what)]; });
  plan_->filters.route_notice(origin.audience, routes_);
  if (routes_.empty() || done_) return;
  records_.framed.add();
  records_.notices.add();
  describe(origin, Integrity::whole);
  record::read_plain(notice_of(what), record_);
  record_.app = "logsniffd";
  record_.severity = record::Severity::notice;
  hand_on();
}

void RecordPath::on_joined(const framing::RecordOrigin& origin, Bytes record, Integrity integrity) {
  on_record(origin, record, integrity);
}

bool RecordPath::is_held_up(framing::JoinKey key) const {
  return key.stream != kDatagram && source_->holds_bytes(tcp::StreamId::of(key.stream));
}

// The multi-line record that the lane may hold is complete.
void RecordPath::end_joined(const framing::RecordOrigin& origin, framing::JoinEnd why) {
  if (lane_of(origin).joining) joiner_.flush(origin.key, why, *this);
}

// Learns from a record that was routed whether others for its audience can take the short way.
void RecordPath::learn_short_way(const framing::RecordOrigin& origin) {
  if (max_records_ != 0 || tapped_ || plan_->filters.looks_into(origin.audience)) return;
  if ((volume_.acting() & origin.audience) != 0 || lane_of(origin).joining || routes_.size() != 1) return;
  short_way_ = {origin.audience, lane_of(origin).decode, routes_[0]};
}

// What comes of the lines is what on_record() makes of each.
void RecordPath::put_lines(const framing::RecordOrigin& origin, Bytes& run, std::span<const std::uint32_t>& sizes) {
  if (!writer_.takes_lines()) return;
  if (!marks_.empty() && marks_.contains(origin.key.stream)) [[unlikely]]
    return;
  if (!proxied_.empty() && proxied_.contains(origin.key.stream)) [[unlikely]]
    return;
  const std::size_t lines = decoder_.take_bare(short_way_.decode, run, sizes);
  if (lines == 0) return;
  records_.framed.add(lines);
  records_.routed.add(lines);
  FilterFigures& figures = figures_[short_way_.route.filter];
  figures.records += lines;
  figures.last_record_at = now_;
  const auto taken = sizes.first(lines);
  std::size_t bytes = 0;
  for (const std::uint32_t size : taken) {
    figures.sizes.add(size);
    bytes += size;
  }
  senders_.add(origin.flow.src.address, lines, bytes, now_);
  writer_.append({clock_.original(origin.seen_at), origin.flow, interfaces_.padded_name_of(origin.interface)},
                 as_text(run.first(bytes + lines)), taken, short_way_.route, now_);
  run = run.subspan(bytes + lines);
  sizes = sizes.subspan(lines);
}

void RecordPath::on_record(const framing::RecordOrigin& origin, Bytes record, Integrity integrity) {
  records_.framed.add();
  if (done_) [[unlikely]]
    return records_.over_count.add();
  senders_.add(origin.flow.src.address, 1, record.size(), now_);
  describe(origin, integrity);
  decoder_.decode(lane_of(origin).decode, record, record_, now_);
  if (!proxied_.empty()) [[unlikely]]
    add_proxied_ends(origin.key.stream);
  filter::RouteVerdict verdict = plan_->filters.route(record_, origin.audience, routes_, refusals_);
  if (volume_.acting() != 0 && verdict == filter::RouteVerdict::routed) [[unlikely]]
    verdict = control_volume(origin.key.stream);
  refusals_.for_each([this](const filter::Refusal& refusal) {
    ++figures_[refusal.filter].refused[static_cast<std::size_t>(refusal.verdict)];
  });
  if (!taps_at(TapPoint::record).empty()) [[unlikely]]
    show_refusals();
  if (verdict != filter::RouteVerdict::routed) return records_.by(verdict).add();
  if (!marks_.empty()) [[unlikely]]
    take_mark(origin.key);
  for (const filter::Route& route : routes_) {
    FilterFigures& figures = figures_[route.filter];
    ++figures.records;
    figures.last_record_at = now_;
    figures.sizes.add(record_.message.size());
  }
  hand_on();
  if (origin.audience != short_way_.audience) learn_short_way(origin);
}

// Fills in the origin of record_.
void RecordPath::describe(const framing::RecordOrigin& origin, Integrity integrity) {
  record_.captured_at = clock_.original(origin.seen_at);
  record_.flow = origin.flow;
  record_.interface = interfaces_.name_of(origin.interface);
  record_.integrity = integrity;
}

// Removes the routes by which record_ is not to be written. Returns the verdict of the first of them if none is left.
filter::RouteVerdict RecordPath::control_volume(std::uint32_t stream) {
  filter::RouteVerdict first = filter::RouteVerdict::routed;
  std::erase_if(routes_, [&](const filter::Route& route) {
    if ((volume_.acting() >> route.filter & 1) == 0) return false;
    // What it remembers of the record is in memory for long, and is written.
    const record::LogRecord& seen = redacted_for(route.filter);
    const filter::RouteVerdict verdict = volume_.admit(route.filter, seen, stream, now_, *this);
    if (verdict == filter::RouteVerdict::routed) return false;
    refusals_.add({route.filter, verdict});
    if (first == filter::RouteVerdict::routed) first = verdict;
    return true;
  });
  return routes_.empty() ? first : filter::RouteVerdict::routed;
}

void RecordPath::on_note(std::uint16_t filter, const record::LogRecord& note) {
  records_.framed.add();
  records_.notices.add();
  records_.routed.add();
  one_route_.assign(1, {filter, plan_->filters.options()[filter].sinks});
  put(note, one_route_);
}

void RecordPath::show_refusals() {
  refusals_.for_each([this](const filter::Refusal& refusal) {
    const record::LogRecord& seen = redacted_for(refusal.filter);
    for (Tap* tap : taps_at(TapPoint::record)) tap->refused(seen, refusal, now_);
  });
}

// record_ as the filter lets it be seen. LIFETIME: up to the next call.
const record::LogRecord& RecordPath::redacted_for(std::uint16_t filter) {
  if ((plan_->filters.redacting() >> filter & 1) == 0) return record_;
  redacted_ = plan_->filters.redaction(filter).apply(record_, redacted_text_);
  return redacted_;
}

// Hands record_ on to routes_.
void RecordPath::hand_on() {
  records_.routed.add();
  if (plan_->filters.redacting() == 0) [[likely]] {
    put(record_, routes_);
  } else {
    for (const filter::Route& route : routes_) {
      one_route_.assign(1, route);
      put(redacted_for(route.filter), one_route_);
    }
  }
  done_ = max_records_ != 0 && records_.routed.get() >= max_records_;
}

void RecordPath::put(const record::LogRecord& record, const std::vector<filter::Route>& routes) {
  for (Tap* tap : taps_at(TapPoint::record)) tap->routed(record, routes, now_);
  writer_.append(record, routes, now_);
}

}  // namespace logsniffd::record_path
