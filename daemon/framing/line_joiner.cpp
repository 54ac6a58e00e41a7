#include "daemon/framing/line_joiner.hpp"

#include <algorithm>
#include <utility>

namespace logsniffd::framing {
namespace {

using Step = StackTrace::Step;

int badness(Integrity integrity) {
  switch (integrity) {
    case Integrity::whole:
      return 0;
    case Integrity::unfinished:
      return 1;
    case Integrity::joined_late:
      return 2;
    case Integrity::truncated:
      return 3;
    case Integrity::gap:
      return 4;
  }
  return 0;
}

Step step(PendingRecord& record, const JoinOptions& options, Bytes line) {
  switch (options.mode) {
    case JoinMode::start:
      return options.start->starts_record(line) ? Step::apart : Step::belongs;
    case JoinMode::indent:
      return !line.empty() && (line.front() == ' ' || line.front() == '\t') ? Step::belongs : Step::apart;
    case JoinMode::traceback:
      return record.trace.step(line, record.text);
  }
  return Step::apart;
}

// The other modes do not use the trace; but a reload may change the mode while the record waits.
void begin_trace(PendingRecord& record, const JoinOptions& options, Bytes line) {
  if (options.mode == JoinMode::traceback) record.trace.begin(line);
}

}  // namespace

Integrity worse_of(Integrity a, Integrity b) { return badness(a) >= badness(b) ? a : b; }

void LineJoiner::set_limits(const JoinLimits& limits) {
  limits_ = limits;
  records_.set_held_limit(limits.held_bytes);
}

void LineJoiner::line(const RecordOrigin& origin, const JoinOptions& options, Bytes line, Integrity integrity,
                      JoinObserver& observer) {
  counters_.lines.add();
  PendingRecord* const record = records_.find(origin.key);
  if (record == nullptr) return begin(origin, options, line, integrity, observer);
  if (records_.is_due(*record, origin.seen_at)) {
    complete(*record, JoinEnd::timeout, observer);
    record->trace = StackTrace();
    begin_trace(*record, options, line);
    return start(*record, origin, options, line, integrity, observer);
  }
  judge(*record, origin, options, line, integrity, observer);
}

namespace {

// Why a record ends before a line. The rest of a line that was cut by a hole does not show whether it continued
// the record.
JoinEnd end_in_front_of(const JoinOptions& options, Integrity line) {
  return options.mode == JoinMode::traceback && line == Integrity::gap ? JoinEnd::gap : JoinEnd::start;
}

}  // namespace

void LineJoiner::judge(PendingRecord& record, const RecordOrigin& origin, const JoinOptions& options, Bytes line,
                       Integrity integrity, JoinObserver& observer) {
  Step found = step(record, options, line);
  if (found == Step::perhaps && !hold(record, line, integrity, origin.seen_at)) found = Step::apart;
  switch (found) {
    case Step::belongs:
      records_.wait(record, origin.seen_at, options.timeout);
      return go_on(record, line, integrity, observer);
    case Step::perhaps:
      // No line waits for longer than the timeout, so further doubtful lines do not restart it.
      if (record.doubtful.count() == 1) records_.wait(record, origin.seen_at, options.timeout);
      return;
    case Step::ends:
      take_doubtful(record, observer);
      break;
    case Step::apart:
      if (!record.doubtful.empty()) return part(record, origin, options, line, integrity, observer);
      begin_trace(record, options, line);
      break;
    case Step::other:
      break;
  }
  complete(record, end_in_front_of(options, integrity), observer);
  start(record, origin, options, line, integrity, observer);
}

// It is in doubt whether the line belongs to the record. Returns false if the line cannot wait: it does not belong.
bool LineJoiner::hold(PendingRecord& record, Bytes line, Integrity integrity, PacketTime seen_at) {
  if (integrity != Integrity::whole || record.doubtful.bytes() + line.size() > limits_.record_bytes) return false;
  if (!records_.add_doubtful(record, line, seen_at)) return false;
  counters_.pending.add();
  return true;
}

// None of the doubtful lines belongs to the record. `line` may belong to the last of them.
void LineJoiner::part(PendingRecord& record, const RecordOrigin& origin, const JoinOptions& options, Bytes line,
                      Integrity integrity, JoinObserver& observer) {
  const JoinEnd why = end_in_front_of(options, integrity);
  const Integrity mark = why == JoinEnd::gap ? Integrity::gap : Integrity::whole;
  hand_on_held(record, why, observer);
  RecordOrigin held = record.origin;
  DoubtfulLines lines = records_.take_doubtful(record);
  DoubtfulLine text = lines.next();
  while (!lines.empty()) {
    held.seen_at = text.seen_at;
    hand_on(held, text.bytes, mark, why, observer);
    counters_.pending.subtract(1);
    text = lines.next();
  }
  counters_.pending.subtract(1);
  held.seen_at = text.seen_at;
  begin_trace(record, options, text.bytes);
  start(record, held, options, text.bytes, mark, observer);
  records_.give_back(std::move(lines));
  PendingRecord* const next = records_.find(origin.key);
  if (next == nullptr) return begin(origin, options, line, integrity, observer);
  judge(*next, origin, options, line, integrity, observer);
}

void LineJoiner::flush(JoinKey key, JoinEnd why, JoinObserver& observer) {
  if (PendingRecord* const record = records_.find(key)) finish(*record, why, observer);
}

void LineJoiner::flush_all(JoinObserver& observer) {
  while (PendingRecord* const record = records_.first()) finish(*record, JoinEnd::end, observer);
}

void LineJoiner::hand_on_due(PacketTime now, JoinObserver& observer) {
  while (PendingRecord* const record = records_.first_due(now)) {
    if (observer.is_held_up(record->origin.key) && records_.wait_on(*record, now)) continue;
    finish(*record, JoinEnd::timeout, observer);
  }
}

void LineJoiner::begin(const RecordOrigin& origin, const JoinOptions& options, Bytes line, Integrity integrity,
                       JoinObserver& observer) {
  if (PendingRecord* const record = records_.open(origin)) {
    record->trace = StackTrace();
    begin_trace(*record, options, line);
    return start(*record, origin, options, line, integrity, observer);
  }
  pass(origin, line, integrity, observer);
}

void LineJoiner::start(PendingRecord& record, const RecordOrigin& origin, const JoinOptions& options, Bytes line,
                       Integrity integrity, JoinObserver& observer) {
  const bool too_long = line.size() > limits_.record_bytes;
  if (!records_.refit(record, too_long ? 0 : line.size())) {
    records_.close(record);
    return pass(origin, line, integrity, observer);
  }
  record.origin = origin;
  record.integrity = integrity;
  record.skipping = too_long;
  records_.wait(record, origin.seen_at, options.timeout);
  if (too_long) [[unlikely]]
    return hand_on_front(origin, line, integrity, observer);
  record.text.assign(line.begin(), line.end());
  counters_.pending.add();
}

// There is no room to hold the line.
void LineJoiner::pass(const RecordOrigin& origin, Bytes line, Integrity integrity, JoinObserver& observer) {
  counters_.no_room.add();
  if (line.size() > limits_.record_bytes) return hand_on_front(origin, line, integrity, observer);
  hand_on(origin, line, integrity, JoinEnd::limit, observer);
}

// The doubtful lines belong to the record too.
void LineJoiner::go_on(PendingRecord& record, Bytes line, Integrity integrity, JoinObserver& observer) {
  if (!record.doubtful.empty()) take_doubtful(record, observer);
  if (!record.skipping) record.integrity = worse_of(record.integrity, integrity);
  append(record, line, observer);
}

void LineJoiner::take_doubtful(PendingRecord& record, JoinObserver& observer) {
  DoubtfulLines lines = records_.take_doubtful(record);
  while (!lines.empty()) {
    counters_.pending.subtract(1);
    append(record, lines.next().bytes, observer);
  }
  records_.give_back(std::move(lines));
}

void LineJoiner::append(PendingRecord& record, Bytes line, JoinObserver& observer) {
  if (record.skipping) return skip(line);
  const std::size_t held = record.text.size();
  const std::size_t room = limits_.record_bytes > held ? static_cast<std::size_t>(limits_.record_bytes) - held : 0;
  std::size_t fits = std::min(line.size() + 1, room);  // with its LF
  if (fits == 1 && !line.empty()) fits = 0;
  if (fits == 0 || !records_.reserve(record, held + fits)) {
    if (fits != 0) counters_.no_room.add();
    cut(record, observer);
    return skip(line);
  }
  record.text.push_back('\n');
  record.text.insert(record.text.end(), line.begin(), line.begin() + static_cast<std::ptrdiff_t>(fits - 1));
  counters_.joined_lines.add();
  if (fits > line.size()) [[likely]]
    return;
  const std::size_t kept = utf8_prefix(record.text, record.text.size());
  counters_.skipped_bytes.add(held + 1 + line.size() - kept);
  record.text.resize(kept);
  cut(record, observer);
}

// Hands on the record as far as it came. Its further lines are skipped.
void LineJoiner::cut(PendingRecord& record, JoinObserver& observer) {
  hand_on(record.origin, record.text, worse_of(record.integrity, Integrity::truncated), JoinEnd::limit, observer);
  counters_.pending.subtract(1);
  records_.empty(record);
  record.skipping = true;
}

// Hands on the front of a line that alone is longer than a record may be.
void LineJoiner::hand_on_front(const RecordOrigin& origin, Bytes line, Integrity integrity, JoinObserver& observer) {
  const std::size_t kept = utf8_prefix(line, static_cast<std::size_t>(limits_.record_bytes));
  counters_.skipped_bytes.add(line.size() - kept);
  hand_on(origin, line.first(kept), worse_of(integrity, Integrity::truncated), JoinEnd::limit, observer);
}

void LineJoiner::skip(Bytes line) {
  counters_.skipped_lines.add();
  counters_.skipped_bytes.add(line.size());
}

void LineJoiner::finish(PendingRecord& record, JoinEnd why, JoinObserver& observer) {
  complete(record, why, observer);
  records_.close(record);
}

void LineJoiner::complete(PendingRecord& record, JoinEnd why, JoinObserver& observer) {
  hand_on_held(record, why, observer);
  if (record.doubtful.empty()) [[likely]]
    return;
  const Integrity integrity = why == JoinEnd::gap ? Integrity::gap : Integrity::whole;
  DoubtfulLines lines = records_.take_doubtful(record);
  RecordOrigin origin = record.origin;
  while (!lines.empty()) {
    const DoubtfulLine line = lines.next();
    origin.seen_at = line.seen_at;
    hand_on(origin, line.bytes, integrity, why, observer);
    counters_.pending.subtract(1);
  }
  records_.give_back(std::move(lines));
}

// Leaves out the doubtful lines.
void LineJoiner::hand_on_held(PendingRecord& record, JoinEnd why, JoinObserver& observer) {
  if (record.skipping) return;
  const Integrity integrity = why == JoinEnd::gap ? worse_of(record.integrity, Integrity::gap) : record.integrity;
  hand_on(record.origin, record.text, integrity, why, observer);
  counters_.pending.subtract(1);
}

void LineJoiner::hand_on(const RecordOrigin& origin, Bytes record, Integrity integrity, JoinEnd why,
                         JoinObserver& observer) {
  counters_.records.add();
  counters_.flushed_by[static_cast<std::size_t>(why)].add();
  observer.on_joined(origin, record, integrity);
}

}  // namespace logsniffd::framing
