#include "daemon/pipeline/pipeline.hpp"

#include <algorithm>

#include "daemon/record/plain.hpp"

namespace logsniffd::pipeline {
namespace {

constexpr std::size_t kMaxInterfaces = 1024;
constexpr std::uint64_t kMaxChunkedMessages = 4096;
constexpr std::uint64_t kMaxNetconsoleMessages = 4096;
constexpr std::uint64_t kMaxNetconsoleSenders = 4096;

Malformed reason_of(ip::IpVerdict verdict) {
  switch (verdict) {
    case ip::IpVerdict::bad_version:
      return Malformed::ip_version;
    case ip::IpVerdict::bad_length:
      return Malformed::ip_length;
    case ip::IpVerdict::too_many_extensions:
      return Malformed::ip_extensions;
    case ip::IpVerdict::mapped_address:
      return Malformed::ip_mapped;
    case ip::IpVerdict::datagram:
    case ip::IpVerdict::bad_header:
      break;
  }
  return Malformed::ip_header;
}

Filtered reason_of(filter::RouteVerdict verdict) {
  switch (verdict) {
    case filter::RouteVerdict::not_text:
      return Filtered::not_text;
    case filter::RouteVerdict::severity:
      return Filtered::severity;
    case filter::RouteVerdict::excluded:
      return Filtered::excluded;
    case filter::RouteVerdict::routed:
    case filter::RouteVerdict::no_match:
      break;
  }
  return Filtered::no_match;
}

// Chunks of GELF messages may hold as much once more as fragments of IP.
framing::GelfChunkLimits chunk_limits(const ip::FragmentLimits& limits) { return {limits.bytes, kMaxChunkedMessages}; }

// So may messages of netconsole.
framing::NetconsoleLimits netconsole_limits(const ip::FragmentLimits& limits) {
  return {limits.bytes, kMaxNetconsoleMessages, kMaxNetconsoleSenders};
}

std::optional<Duration> sooner(std::optional<Duration> a, std::optional<Duration> b) {
  return a && b ? std::min(a, b) : a ? a : b;
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

// Records of several lines may hold as much once more as those that are not cut yet.
framing::JoinLimits join_limits(const framing::FramingLimits& limits) {
  return {limits.record_bytes, limits.partial_bytes};
}

}  // namespace

Pipeline::Pipeline(const PipelineOptions& options, const std::atomic<bool>& abandon)
    : clock_(options.slack),
      fragments_(options.limits.fragments),
      duplicates_(options.hash_secret),
      connections_(options.limits.tcp, *this, options.hash_secret),
      framing_{options.limits.framing, {}},
      joiner_(join_limits(options.limits.framing)),
      gelf_chunks_(chunk_limits(options.limits.fragments)),
      netconsole_(netconsole_limits(options.limits.fragments)),
      decoder_(options.limits.framing.record_bytes, options.hash_secret),
      writer_(options.overload, options.linger, abandon),
      interfaces_{""},
      max_records_(options.max_records) {}

void Pipeline::on_packets(std::span<const capture::RawPacket> packets) {
  const auto burst = std::span(burst_).first(packets.size());
  for (std::size_t i = 0; i < packets.size(); ++i) burst[i] = decode(packets[i]);
  if (packets.size() > 1) fetch(burst);
  for (std::size_t i = 0; i < packets.size(); ++i) process(packets[i], burst[i]);
}

Pipeline::Decoded Pipeline::decode(const capture::RawPacket& packet) const {
  Decoded decoded{.link = link::decode(packet.link_type, packet.bytes)};
  if (decoded.link.verdict != link::LinkVerdict::ip) return decoded;
  decoded.ip = ip::decode(decoded.link.ip, capture::cut_bytes(packet));
  const ip::Datagram& datagram = decoded.ip.datagram;
  const bool whole = decoded.ip.verdict == ip::IpVerdict::datagram && !datagram.fragment;
  if (whole && datagram.protocol == ip::kProtocolTcp) decode_tcp(datagram, decoded);
  return decoded;
}

void Pipeline::decode_tcp(const ip::Datagram& datagram, Decoded& decoded) const {
  decoded.tcp = tcp::decode(datagram);
  if (decoded.tcp->verdict != tcp::TcpVerdict::segment) return;
  const Flow& flow = decoded.tcp->segment.flow;
  decoded.watched = plan_->filters.watches(Transport::tcp, flow.src.port, flow.dst.port);
  if (decoded.watched) decoded.place = connections_.place_of(decoded.tcp->segment);
}

// Brings what the packets of a burst will be looked up in into the cache, so that they do not wait for it in turn.
void Pipeline::fetch(std::span<Decoded> burst) {
  for (const Decoded& decoded : burst) {
    if (decoded.watched) connections_.fetch_place(decoded.place);
  }
  for (Decoded& decoded : burst) {
    if (decoded.watched) connections_.fetch_connection(decoded.place);
  }
  for (const Decoded& decoded : burst) {
    if (decoded.watched) connections_.fetch_stream(decoded.place);
  }
}

// The life of a packet, on one screen.
void Pipeline::process(const capture::RawPacket& packet, const Decoded& decoded) {
  packets_.received.add();
  packets_.received_bytes.add(packet.bytes.size());
  now_ = clock_.at(packet.captured_at);
  if (!silent_.empty()) end_silences(now_);
  if (packet.interface != interfaces_[current_interface_]) current_interface_ = intern_interface(packet.interface);

  switch (decoded.link.verdict) {
    case link::LinkVerdict::ip:
      break;
    case link::LinkVerdict::not_ip:
      return packets_.count(Ignored::not_ip);
    case link::LinkVerdict::unsupported_link_type:
      return packets_.count(Ignored::link_type);
    case link::LinkVerdict::truncated:
      return packets_.count(Malformed::link_truncated);
    case link::LinkVerdict::too_deep:
      return packets_.count(Malformed::vlan_depth);
  }
  if (decoded.ip.verdict != ip::IpVerdict::datagram) return packets_.count(reason_of(decoded.ip.verdict));
  const ip::Datagram& datagram = decoded.ip.datagram;
  if (datagram.missing_bytes > 0) packets_.truncated.add();

  if (datagram.fragment) [[unlikely]] {
    fragments_.expire(now_);
    const auto whole = fragments_.add(datagram, now_);
    if (!whole) return packets_.decoded.add();
    Decoded reassembled{.link = decoded.link};
    if (whole->protocol == ip::kProtocolTcp) decode_tcp(*whole, reassembled);
    on_datagram(*whole, packet, reassembled);
  } else {
    on_datagram(datagram, packet, decoded);
  }
  joiner_.expire(now_, *this);
  netconsole_.expire(now_, *this);
  writer_.publish_if_old(now_);
}

void Pipeline::on_datagram(const ip::Datagram& datagram, const capture::RawPacket& packet, const Decoded& decoded) {
  switch (datagram.protocol) {
    case ip::kProtocolTcp:
      return on_tcp(decoded);
    case ip::kProtocolUdp:
      return on_udp(datagram, packet, decoded.link);
    default:
      return packets_.count(Ignored::protocol);
  }
}

void Pipeline::on_tcp(const Decoded& decoded) {
  if (decoded.tcp->verdict != tcp::TcpVerdict::segment) return packets_.count(Malformed::tcp_header);
  if (!decoded.watched) return packets_.count(Ignored::not_watched);
  packets_.decoded.add();
  connections_.add(decoded.tcp->segment, decoded.place, now_);
}

void Pipeline::on_frame(Bytes frame, Integrity integrity) {
  origin_.framed = true;
  const std::optional<Joining>& joining = plan_->lanes[origin_.key.lane].joining;
  if (!joining) [[likely]]
    return on_record(frame, integrity, origin_.seen_at);
  joiner_.line(origin_.key, joining->options, frame, integrity, origin_.seen_at, *this);
}

// The first one of several that were held began when that was; the others are of the segment before this one.
void Pipeline::on_held_frame(Bytes frame, Integrity integrity) {
  const PacketTime seen_at = std::exchange(origin_.seen_at, std::exchange(origin_.held_since, origin_.earlier));
  on_frame(frame, integrity);
  origin_.seen_at = seen_at;
}

// One record for each filter, in place of what is no log.
void Pipeline::on_foreign(framing::Foreign what) {
  plan_->filters.route_notice(origin_.candidates, routes_);
  if (routes_.empty() || done_) return;
  records_.framed.add();
  records_.notices.add();
  set_origin(Integrity::whole, origin_.seen_at);
  record::read_plain(notice_of(what), record_);
  record_.app = "logsniffd";
  record_.severity = record::Severity::notice;
  hand_on();
}

void Pipeline::on_joined(framing::JoinKey key, Bytes record, Integrity integrity, PacketTime first_seen_at) {
  if (!(key == origin_.key)) {  // its time is up, while other streams go on
    const tcp::StreamView view = connections_.view(tcp::StreamId::of(key.stream));
    begin_lane(view, streams_[view.handle], key.lane);
  }
  on_record(record, integrity, first_seen_at);
}

void Pipeline::on_record(Bytes record, Integrity integrity, PacketTime seen_at) {
  records_.framed.add();
  if (done_) [[unlikely]]
    return records_.count(Filtered::over_count);
  set_origin(integrity, seen_at);
  decoder_.decode(plan_->lanes[origin_.key.lane].decode, record, record_, now_);
  if (!proxied_.empty()) [[unlikely]]
    add_proxied_ends();
  const filter::RouteVerdict verdict = plan_->filters.route(record_, origin_.candidates, routes_);
  if (verdict != filter::RouteVerdict::routed) return records_.count(reason_of(verdict));
  if (!marks_.empty()) [[unlikely]]
    take_mark();
  hand_on();
}

// What record_ is to say of where it comes from. `seen_at` is steady.
void Pipeline::set_origin(Integrity integrity, PacketTime seen_at) {
  record_.captured_at = clock_.original(seen_at);
  record_.flow = origin_.flow;
  record_.interface = interfaces_[origin_.interface];
  record_.integrity = integrity;
}

// record_, to routes_.
void Pipeline::hand_on() {
  records_.routed.add();
  writer_.append(record_, routes_, now_);
  done_ = max_records_ != 0 && records_.routed.get() >= max_records_;
}

std::optional<Duration> Pipeline::idle_within() const {
  const auto records = sooner(joiner_.expire_within(now_), netconsole_.expire_within(now_));
  const auto streams = sooner(silent_.due_within(now_), connections_.advance_within());
  return sooner(records, streams);
}

void Pipeline::idle(PacketTime now) {
  now_ = clock_.at(now);
  connections_.advance(now_);
  end_silences(now_);
  joiner_.expire(now_, *this);
  fragments_.expire(now_);
  gelf_chunks_.expire(now_);
  netconsole_.expire(now_, *this);
  writer_.publish();
}

void Pipeline::finish() {
  fragments_.finish();
  gelf_chunks_.finish();
  netconsole_.finish(*this);
  connections_.finish(now_);
  writer_.publish();
}

void Pipeline::configure(std::shared_ptr<const RoutingPlan> plan, std::vector<Outlet> outlets) {
  joiner_.flush_all(*this);
  netconsole_.finish(*this);  // perhaps no lane of the new plan reads it
  connections_.for_each_stream([&](const tcp::StreamView& view) { replan_stream(streams_[view.handle], view, *plan); });
  writer_.publish();
  plan_ = std::move(plan);
  writer_.configure(plan_->names, std::move(outlets));
  connections_.reconsider();
}

void Pipeline::set_limits(const PipelineLimits& limits) {
  connections_.set_limits(limits.tcp);
  fragments_.set_limits(limits.fragments);
  gelf_chunks_.set_limits(chunk_limits(limits.fragments));
  netconsole_.set_limits(netconsole_limits(limits.fragments));
  framing_.limits = limits.framing;
  decoder_.set_record_limit(limits.framing.record_bytes);
  joiner_.set_limits(join_limits(limits.framing));
}

// The record of several lines that the lane of origin_ may hold is complete.
void Pipeline::end_joined(framing::JoinEnd why) {
  if (plan_->lanes[origin_.key.lane].joining) joiner_.flush(origin_.key, why, *this);
}

std::uint16_t Pipeline::intern_interface(std::string_view name) {
  const auto found = std::find(interfaces_.begin(), interfaces_.end(), name);
  if (found != interfaces_.end()) return static_cast<std::uint16_t>(found - interfaces_.begin());
  if (interfaces_.size() >= kMaxInterfaces) return 0;
  interfaces_.emplace_back(name);
  return static_cast<std::uint16_t>(interfaces_.size() - 1);
}

}  // namespace logsniffd::pipeline
