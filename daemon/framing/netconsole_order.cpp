#include "daemon/framing/netconsole_order.hpp"

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <list>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "daemon/framing/line_joiner.hpp"
#include "daemon/framing/netconsole_header.hpp"
#include "daemon/framing/netconsole_held.hpp"
#include "daemon/framing/netconsole_sequence.hpp"

namespace logsniffd::framing {

struct NetconsoleSender {
  Flow flow;
  NetconsoleSequence sequence = {};
  bool begun = false;                             // a part of its sequence was given out in order
  bool hole = false;                              // directly before the next number
  std::vector<HeldNetconsoles::Place> held = {};  // messages, by number
  std::optional<HeldNetconsoles::Place> line = {};
};

namespace {

using Sender = NetconsoleSender;
using Item = HeldNetconsole;
using Place = NetconsoleSequence::Place;

// The most that missing_before=, its number and a comma take in a header.
constexpr std::size_t kMissingBytes = 40;

struct FlowHash {
  std::uint64_t secret;  // so that a sender cannot choose collisions

  std::size_t operator()(const Flow& flow) const {
    return absl::HashOf(secret, flow.src.address, flow.src.port, flow.dst.address, flow.dst.port);
  }
};

using Senders = std::list<Sender>;
using ByFlow = absl::flat_hash_map<Flow, Senders::iterator, FlowHash>;

// The datagram that is being added.
struct Arrival {
  const RecordOrigin& origin;
  const NetconsoleHeader& header;
  Bytes payload;
  Integrity integrity;

  [[nodiscard]] Bytes body() const { return payload.subspan(header.size); }
};

// The header without ncfrag and its semicolon.
void write_head(const Arrival& arrival, std::string& head) {
  const std::string_view header = as_text(arrival.payload).substr(0, arrival.header.size - 1);
  const std::size_t at = header.find(",ncfrag=");
  const std::size_t end = std::min(header.find(',', at + 1), header.size());
  head.assign(header.substr(0, at));
  head.append(header.substr(end));
}

}  // namespace

struct NetconsoleOrder::State {
  explicit State(NetconsoleLimits given) : limits(given), by_flow(0, FlowHash{std::random_device{}()}) {}

  Sender& sender_of(const Flow& flow, NetconsoleObserver& observer);
  void place(Sender& sender, const Arrival& arrival, NetconsoleObserver& observer);
  void forward(Sender& sender, const Arrival& arrival, NetconsoleObserver& observer);
  void hold(Sender& sender, const Arrival& arrival, std::optional<NetconsoleFragment> where,
            NetconsoleObserver& observer);
  void pass(const Arrival& arrival, NetconsoleObserver& observer);

  void drain(Sender& sender, NetconsoleObserver& observer);
  void give_up_first(Sender& sender, NetconsoleObserver& observer);
  void give_up(Item& item, NetconsoleObserver& observer);
  void flush(Sender& sender, NetconsoleObserver& observer);
  void keep_limits(NetconsoleObserver& observer);
  void release_first(Sender& sender, NetconsoleObserver& observer);

  void in_sequence(Sender& sender, const RecordOrigin& origin, Bytes message, Integrity integrity,
                   std::uint64_t datagrams, NetconsoleObserver& observer);
  void pieces(Sender& sender, const Item& item, NetconsoleObserver& observer);
  void begin_line(Sender& sender, const RecordOrigin& origin, Bytes message, std::uint64_t datagrams);
  [[nodiscard]] bool goes_on(const Sender& sender, const NetconsoleHeader& header) const;
  void continue_line(Sender& sender, const RecordOrigin& origin, Bytes body, Integrity integrity,
                     std::uint64_t datagrams, NetconsoleObserver& observer);
  void end_line(Sender& sender, Integrity integrity, NetconsoleObserver& observer);
  Bytes with_missing(Sender& sender, Bytes message);
  void give(const RecordOrigin& origin, Bytes message, Integrity integrity, std::uint64_t datagrams,
            NetconsoleObserver& observer);

  NetconsoleLimits limits;
  NetconsoleCounters counters;
  HeldNetconsoles held{counters.held, counters.memory_bytes, std::random_device{}()};
  Senders senders;  // the quietest first
  ByFlow by_flow;
  std::string head;  // reused
  Buffer assembled;  // likewise
  Buffer with_key;   // likewise
};

Sender& NetconsoleOrder::State::sender_of(const Flow& flow, NetconsoleObserver& observer) {
  if (const auto found = by_flow.find(flow); found != by_flow.end()) {
    senders.splice(senders.end(), senders, found->second);
    return *found->second;
  }
  while (!senders.empty() && senders.size() >= limits.senders) {
    flush(senders.front(), observer);
    by_flow.erase(senders.front().flow);
    senders.pop_front();
  }
  senders.push_back({.flow = flow});
  by_flow.emplace(flow, std::prev(senders.end()));
  return senders.back();
}

void NetconsoleOrder::State::place(Sender& sender, const Arrival& arrival, NetconsoleObserver& observer) {
  switch (sender.sequence.place(arrival.header)) {
    case Place::anew:
      if (sender.begun) counters.restarts.add();
      flush(sender, observer);
      sender.sequence.begin(arrival.header);
      sender.begun = false;
      sender.hole = false;
      return forward(sender, arrival, observer);
    case Place::forward:
      return forward(sender, arrival, observer);
    case Place::late:
      counters.late.add();
      counters.sender_missing.subtract(1);
      break;
    case Place::repeated:
    case Place::elsewhere:
      break;
  }
  pass(arrival, observer);
}

void NetconsoleOrder::State::forward(Sender& sender, const Arrival& arrival, NetconsoleObserver& observer) {
  const NetconsoleHeader& header = arrival.header;
  const std::string_view value = netconsole_value(header, "ncfrag");
  std::optional<NetconsoleFragment> where;
  Integrity integrity = arrival.integrity;
  if (value.data() != nullptr) {
    where = read_netconsole_fragment(value);
    if (!where || !is_fragment(*where, arrival.body())) {
      counters.malformed.add();
      where.reset();  // its number came, whatever it is a part of
      integrity = worse_of(integrity, Integrity::gap);
    }
  }
  sender.sequence.saw(header);
  const bool passes =
      !where && header.seq == sender.sequence.next() && (sender.held.empty() || sender.held[0]->seq != header.seq);
  if (!passes) return hold(sender, {arrival.origin, header, arrival.payload, integrity}, where, observer);
  in_sequence(sender, arrival.origin, arrival.payload, integrity, 1, observer);
  sender.sequence.pass_next();
  drain(sender, observer);
}

void NetconsoleOrder::State::hold(Sender& sender, const Arrival& arrival, std::optional<NetconsoleFragment> where,
                                  NetconsoleObserver& observer) {
  const std::uint64_t seq = arrival.header.seq;
  auto at = std::lower_bound(sender.held.begin(), sender.held.end(), seq,
                             [](HeldNetconsoles::Place item, std::uint64_t number) { return item->seq < number; });
  const bool known = at != sender.held.end() && (*at)->seq == seq;
  if (known && !(where && (*at)->fragmented)) return pass(arrival, observer);  // a copy, or another message's number
  if (where) write_head(arrival, head);
  if (!known) {
    const auto item = held.add(sender, seq, arrival.origin);
    at = sender.held.insert(at, item);
    item->integrity = arrival.integrity;
    item->fragmented = where.has_value();
    if (where) item->fragments.begin(head, where->total);
    if (!where) item->bytes.assign(arrival.payload.begin(), arrival.payload.end());
  }
  if (where) {
    using Added = NetconsoleFragments::Added;
    const Added added = (*at)->fragments.add(head, *where, arrival.body());
    if (added == Added::copy) return counters.duplicate.add();
    if (added == Added::contradicts) {
      counters.malformed.add();
      return pass(arrival, observer);
    }
  }
  held.count(*at, 1);
  drain(sender, observer);
  while (sender.held.size() > NetconsoleSequence::kWindow) {
    counters.by_limit.add();
    give_up_first(sender, observer);
  }
}

// Passes the message on outside the order.
void NetconsoleOrder::State::pass(const Arrival& arrival, NetconsoleObserver& observer) {
  const bool part = arrival.header.flag == "+" || netconsole_value(arrival.header, "ncfrag").data() != nullptr;
  give(arrival.origin, arrival.payload, part ? worse_of(arrival.integrity, Integrity::gap) : arrival.integrity, 1,
       observer);
}

void NetconsoleOrder::State::drain(Sender& sender, NetconsoleObserver& observer) {
  while (!sender.held.empty() && sender.held[0]->seq == sender.sequence.next() && sender.held[0]->complete()) {
    release_first(sender, observer);
  }
}

void NetconsoleOrder::State::give_up_first(Sender& sender, NetconsoleObserver& observer) {
  const std::uint64_t missing = sender.sequence.give_up_to(sender.held[0]->seq);
  counters.sender_missing.add(missing);
  sender.hole = sender.hole || missing > 0;
  release_first(sender, observer);
  drain(sender, observer);
}

// Gives up the item, and what is before it.
void NetconsoleOrder::State::give_up(Item& item, NetconsoleObserver& observer) {
  Sender& sender = *item.sender;
  if (sender.line && &**sender.line == &item) {
    const bool hole_behind = !sender.held.empty() && sender.held[0]->seq != sender.sequence.next();
    return end_line(sender, hole_behind ? Integrity::gap : Integrity::whole, observer);
  }
  const std::uint64_t seq = item.seq;
  while (!sender.held.empty() && sender.held[0]->seq <= seq) give_up_first(sender, observer);
}

void NetconsoleOrder::State::flush(Sender& sender, NetconsoleObserver& observer) {
  while (!sender.held.empty()) give_up_first(sender, observer);
  if (sender.line) end_line(sender, Integrity::whole, observer);
}

void NetconsoleOrder::State::keep_limits(NetconsoleObserver& observer) {
  while (!held.empty() && (held.bytes() > limits.bytes || held.size() > limits.messages)) {
    Item* const heavy = held.gives_way();
    counters.by_limit.add();
    if (heavy != nullptr) counters.by_share.add();
    give_up(heavy != nullptr ? *heavy : *held.oldest(), observer);
  }
}

// REQUIRED: the first message is the next one.
void NetconsoleOrder::State::release_first(Sender& sender, NetconsoleObserver& observer) {
  HeldNetconsoles::List taken;
  held.take(sender.held[0], taken);
  sender.held.erase(sender.held.begin());
  const Item& item = taken.front();
  if (!item.complete()) {
    pieces(sender, item, observer);
  } else if (item.fragmented) {
    counters.messages.add();
    item.fragments.write(assembled);
    in_sequence(sender, item.origin, assembled, item.integrity, item.datagrams, observer);
  } else {
    in_sequence(sender, item.origin, item.bytes, item.integrity, item.datagrams, observer);
  }
  sender.sequence.pass_next();
  held.give_back(taken);
}

void NetconsoleOrder::State::in_sequence(Sender& sender, const RecordOrigin& origin, Bytes message, Integrity integrity,
                                         std::uint64_t datagrams, NetconsoleObserver& observer) {
  const NetconsoleHeader header = *read_netconsole_header(as_text(message));
  const bool first = !std::exchange(sender.begun, true);
  if (header.flag == "+" && integrity != Integrity::gap && goes_on(sender, header)) {
    return continue_line(sender, origin, message.subspan(header.size), integrity, datagrams, observer);
  }
  if (sender.line) end_line(sender, sender.hole ? Integrity::gap : Integrity::whole, observer);
  sender.hole = false;
  if (header.flag == "c" && integrity == Integrity::whole) return begin_line(sender, origin, message, datagrams);
  if (header.flag == "+") integrity = worse_of(integrity, first ? Integrity::joined_late : Integrity::gap);
  give(origin, with_missing(sender, message), integrity, datagrams, observer);
}

void NetconsoleOrder::State::pieces(Sender& sender, const Item& item, NetconsoleObserver& observer) {
  if (sender.line) end_line(sender, Integrity::gap, observer);  // the line may have continued in what is missing
  sender.hole = false;
  sender.begun = true;
  counters.incomplete.add();
  for (std::size_t first = 0; first < item.fragments.count();) {
    const std::size_t end = item.fragments.write_piece(first, assembled);
    give(item.origin, with_missing(sender, assembled), worse_of(item.integrity, Integrity::gap), end - first, observer);
    first = end;
  }
}

void NetconsoleOrder::State::begin_line(Sender& sender, const RecordOrigin& origin, Bytes message,
                                        std::uint64_t datagrams) {
  const std::string_view text = as_text(with_missing(sender, message));
  const std::size_t end = std::min(text.find('\n'), text.size());
  const auto line = held.add(sender, sender.sequence.next(), origin);
  sender.line = line;
  line->bytes.assign(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end));
  line->dictionary.assign(text.begin() + static_cast<std::ptrdiff_t>(end), text.end());
  held.count(line, datagrams);
}

bool NetconsoleOrder::State::goes_on(const Sender& sender, const NetconsoleHeader& header) const {
  if (!sender.line || sender.hole) return false;
  const std::optional<NetconsoleHeader> first = read_netconsole_header(as_text((*sender.line)->bytes));
  return first && netconsole_value(*first, "caller") == netconsole_value(header, "caller");
}

void NetconsoleOrder::State::continue_line(Sender& sender, const RecordOrigin& origin, Bytes body, Integrity integrity,
                                           std::uint64_t datagrams, NetconsoleObserver& observer) {
  Item& line = **sender.line;
  const std::string_view text = as_text(body);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::size_t room = kMaxNetconsoleMessage - std::min(kMaxNetconsoleMessage, line.bytes.size());
  const std::size_t kept = std::min(end, room);
  line.bytes.insert(line.bytes.end(), body.begin(), body.begin() + static_cast<std::ptrdiff_t>(kept));
  // Each fragment repeats what the sender says of itself.
  if (line.dictionary.size() <= 1) line.dictionary.assign(body.begin() + static_cast<std::ptrdiff_t>(end), body.end());
  if (kept < end) integrity = worse_of(integrity, Integrity::truncated);
  held.renew(*sender.line, origin.seen_at);
  held.count(*sender.line, datagrams);
  if (integrity != Integrity::whole) end_line(sender, integrity, observer);
}

void NetconsoleOrder::State::end_line(Sender& sender, Integrity integrity, NetconsoleObserver& observer) {
  HeldNetconsoles::List taken;
  held.take(*sender.line, taken);
  sender.line.reset();
  Item& line = taken.front();
  line.bytes.insert(line.bytes.end(), line.dictionary.begin(), line.dictionary.end());
  counters.lines.add();
  give(line.origin, line.bytes, integrity, line.datagrams, observer);
  held.give_back(taken);
}

// The message. Its header reports the missing numbers that no record has reported yet.
Bytes NetconsoleOrder::State::with_missing(Sender& sender, Bytes message) {
  if (sender.sequence.missing() == 0) [[likely]]
    return message;
  const std::size_t end = as_text(message).find(';');
  if (end + kMissingBytes > kMaxNetconsoleHeader) return message;  // the next message reports them
  constexpr std::string_view kKey = ",missing_before=";
  std::array<char, 20> digits;
  const auto number = std::to_chars(digits.data(), digits.data() + digits.size(), sender.sequence.missing());
  with_key.assign(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(end));
  with_key.insert(with_key.end(), kKey.begin(), kKey.end());
  with_key.insert(with_key.end(), digits.data(), number.ptr);
  with_key.insert(with_key.end(), message.begin() + static_cast<std::ptrdiff_t>(end), message.end());
  sender.sequence.reported_missing();
  return with_key;
}

void NetconsoleOrder::State::give(const RecordOrigin& origin, Bytes message, Integrity integrity,
                                  std::uint64_t datagrams, NetconsoleObserver& observer) {
  counters.records.add();
  counters.merged.add(datagrams - 1);
  observer.on_netconsole(origin, message, integrity);
}

NetconsoleOrder::NetconsoleOrder(NetconsoleLimits limits) : state_(std::make_unique<State>(limits)) {}
NetconsoleOrder::~NetconsoleOrder() = default;

void NetconsoleOrder::set_limits(NetconsoleLimits limits) { state_->limits = limits; }

bool NetconsoleOrder::add(const RecordOrigin& origin, Bytes payload, bool cut_short, NetconsoleObserver& observer) {
  const std::optional<NetconsoleHeader> header = read_netconsole_header(as_text(payload));
  if (!header) return false;
  expire(origin.seen_at, observer);
  state_->counters.datagrams.add();
  Sender& sender = state_->sender_of(origin.flow, observer);
  state_->place(sender, {origin, *header, payload, cut_short ? Integrity::truncated : Integrity::whole}, observer);
  state_->keep_limits(observer);
  return true;
}

void NetconsoleOrder::expire(PacketTime now, NetconsoleObserver& observer) {
  HeldNetconsoles& held = state_->held;
  while (!held.empty() && now - held.oldest()->waits_since > state_->limits.wait) {
    state_->give_up(*held.oldest(), observer);
  }
}

std::optional<Duration> NetconsoleOrder::expire_within(PacketTime now) const {
  if (state_->held.empty()) return std::nullopt;
  const Duration left = state_->limits.wait - (now - state_->held.oldest()->waits_since);
  return std::max(left + std::chrono::nanoseconds(1), Duration::zero());
}

void NetconsoleOrder::finish(NetconsoleObserver& observer) {
  while (!state_->held.empty()) state_->give_up(*state_->held.oldest(), observer);
}

const NetconsoleCounters& NetconsoleOrder::counters() const { return state_->counters; }

}  // namespace logsniffd::framing
