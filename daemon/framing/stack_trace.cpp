#include "daemon/framing/stack_trace.hpp"

namespace logsniffd::framing {
namespace {

bool is_indented(std::string_view line) { return line.front() == ' ' || line.front() == '\t'; }

}  // namespace

void StackTrace::begin(Bytes first_line) {
  const std::string_view line = as_text(first_line);
  start_ = record_start(line);
  unalike_ |= start_ == RecordStart::none;
  doubts_ = 0;
  proven_ = false;
  empty_line_ = false;
  if (line.empty()) {
    state_ = State::apart;
    return;
  }
  proven_ = true;
  switch (trace_line(line)) {
    case TraceLine::frame:
      state_ = State::frames;
      return;
    case TraceLine::from:
      state_ = State::ruby;
      return;
    case TraceLine::link:
    case TraceLine::exception:
      state_ = State::exception;
      return;
    case TraceLine::traceback:
      state_ = State::traceback;
      return;
    case TraceLine::group:
      state_ = State::group;
      return;
    case TraceLine::goroutine:
      state_ = State::goroutines;
      return;
    case TraceLine::rust_panic:
      state_ = line.ends_with(':') ? State::rust_title : State::rust;
      return;
    default:
      break;
  }
  proven_ = false;
  switch (trace_line(line)) {
    case TraceLine::error:
    case TraceLine::raised_at:
      state_ = State::exception;
      return;
    case TraceLine::panic:
      state_ = State::panic;
      return;
    case TraceLine::place:
      state_ = State::source;
      return;
    default:
      state_ = State::message;
      return;
  }
}

StackTrace::Step StackTrace::step(Bytes bytes, Bytes so_far) {
  Next next{Step::other, state_};
  if (bytes.empty()) {
    next.step = follow_empty_line();
  } else {
    const std::string_view line = as_text(bytes);
    next = follow(trace_line(line), line, as_text(so_far));
  }
  if (next.step == Step::perhaps) {
    if (doubts_ == kMostDoubts) return Step::other;
    ++doubts_;
    empty_line_ = bytes.empty();
    state_ = next.state;
  } else if (next.step == Step::belongs) {
    doubts_ = 0;
    empty_line_ = false;
    proven_ = true;
    state_ = next.state;
  }
  return next.step;
}

StackTrace::Step StackTrace::follow_empty_line() const {
  switch (state_) {
    case State::apart:
    case State::console:
    case State::traceback:
    case State::backtrace:
    case State::ended:
      return Step::other;
    case State::exception:
    case State::panic:
    case State::raised:
      return Step::perhaps;  // the paragraphs of a message
    default:
      return empty_line_ ? Step::other : Step::perhaps;
  }
}

StackTrace::Next StackTrace::follow(TraceLine kind, std::string_view line, std::string_view so_far) const {
  constexpr Next kOther{Step::other, State::apart};
  switch (state_) {
    case State::apart:
    case State::ended:
      return kOther;
    case State::message:
      return follow_message(kind, line, so_far);
    case State::console:
      if (kind == TraceLine::frame) return {Step::belongs, State::frames};
      return is_indented(line) ? Next{Step::perhaps, State::console} : kOther;
    case State::exception:
      return follow_exception(kind, line, so_far);
    case State::frames:
    case State::ruby:
      return follow_frames(kind, line);
    case State::numbered:
      return follow_numbered(kind, line);
    case State::traceback:
      return follow_traceback(kind, line);
    case State::raised:
      return follow_raised(kind, line, so_far);
    case State::group:
      if (kind == TraceLine::chain && empty_line_) return {Step::belongs, State::chain};
      return is_indented(line) && !empty_line_ ? Next{Step::belongs, State::group} : kOther;
    case State::chain:
      return follow_chain(kind);
    case State::panic:
      if (kind == TraceLine::goroutine) return {Step::belongs, State::goroutines};
      if (kind == TraceLine::signal) return {Step::belongs, State::panic};
      return doubt(line, State::panic);
    case State::goroutines:
      return follow_goroutines(kind, line);
    case State::rust_title:
    case State::rust:
      return follow_rust(kind, line);
    case State::backtrace:
      if (kind == TraceLine::note) return {Step::belongs, State::ended};
      return is_indented(line) ? Next{Step::belongs, State::backtrace} : kOther;
    case State::source:
      return follow_source(kind, line);
  }
  return kOther;
}

StackTrace::Next StackTrace::follow_message(TraceLine kind, std::string_view line, std::string_view so_far) const {
  constexpr Next kOther{Step::other, State::apart};
  const bool marked = start_ != RecordStart::none;
  switch (kind) {
    case TraceLine::frame:
      if (empty_line_ && !holds_exception(so_far)) return kOther;
      return {Step::belongs, State::frames};
    case TraceLine::from:
      return empty_line_ ? kOther : Next{Step::belongs, State::ruby};
    case TraceLine::link:
      return empty_line_ ? kOther : Next{Step::belongs, State::exception};
    case TraceLine::exception:
      return {Step::belongs, State::exception};
    case TraceLine::traceback:
      return {Step::belongs, State::traceback};
    case TraceLine::group:
      return {Step::belongs, State::group};
    case TraceLine::goroutine:
      return {Step::belongs, State::goroutines};
    case TraceLine::rust_panic:
      return marked ? Next{Step::belongs, line.ends_with(':') ? State::rust_title : State::rust} : kOther;
    case TraceLine::panic:
      return marked ? Next{Step::perhaps, State::panic} : kOther;
    case TraceLine::error:
    case TraceLine::raised_at:
      return marked ? Next{Step::perhaps, State::exception} : kOther;
    case TraceLine::place:
      return marked ? Next{Step::perhaps, State::source} : kOther;
    case TraceLine::stack_title:
      return {Step::perhaps, State::numbered};
    case TraceLine::indented_exception:
      return empty_line_ ? kOther : Next{Step::perhaps, State::exception};
    case TraceLine::indented: {
      const bool of_console = start_ == RecordStart::level && !so_far.empty() && so_far.front() >= 'a';
      if (of_console && !empty_line_) return {Step::perhaps, State::console};
      break;
    }
    default:
      break;
  }
  if (begins_record(line) || !holds_exception(so_far)) return kOther;
  return {Step::perhaps, State::exception};
}

StackTrace::Next StackTrace::follow_exception(TraceLine kind, std::string_view line, std::string_view so_far) const {
  switch (kind) {
    case TraceLine::frame:
      return {Step::belongs, State::frames};
    case TraceLine::from:
      return {Step::belongs, State::ruby};
    case TraceLine::link:
      return {Step::belongs, State::exception};
    case TraceLine::remark:
      return {proven_ ? Step::belongs : Step::perhaps, State::exception};
    case TraceLine::numbered_frame:
      if (line.starts_with("#0 ")) return {Step::belongs, State::numbered};
      break;
    case TraceLine::stack_title:
      return {Step::perhaps, State::numbered};
    case TraceLine::exception:
    case TraceLine::error:
    case TraceLine::traceback:
    case TraceLine::group:
    case TraceLine::goroutine:
    case TraceLine::panic:
    case TraceLine::raised_at:
    case TraceLine::rust_panic:
      // A line that only may hold an exception may as well be the log line in front of one.
      if (!proven_ && doubts_ == 0) return follow_message(kind, line, so_far);
      if (proven_ && kind == TraceLine::error) break;
      return {Step::other, State::apart};
    default:
      break;
  }
  if (is_indented(line) && proven_ && doubts_ == 0) return {Step::belongs, State::exception};
  return doubt(line, State::exception);
}

StackTrace::Next StackTrace::follow_frames(TraceLine kind, std::string_view line) const {
  constexpr Next kOther{Step::other, State::apart};
  switch (kind) {
    case TraceLine::link:
      return {Step::belongs, State::exception};
    case TraceLine::remark:
      return {Step::belongs, State::frames};
    case TraceLine::stack_title:
      return {Step::perhaps, State::numbered};
    case TraceLine::closing:
      return line == "}" && !empty_line_ ? Next{Step::belongs, State::frames} : kOther;
    case TraceLine::node_version:
      return {Step::belongs, State::ended};
    case TraceLine::raised_at:
      return state_ == State::ruby ? Next{Step::perhaps, State::exception} : kOther;
    default:
      break;
  }
  if (is_indented(line)) return empty_line_ ? kOther : Next{Step::belongs, state_};
  return is_counted_error(line) ? Next{Step::perhaps, State::exception} : kOther;
}

StackTrace::Next StackTrace::follow_numbered(TraceLine kind, std::string_view line) const {
  constexpr Next kOther{Step::other, State::apart};
  switch (kind) {
    case TraceLine::numbered_frame:
      return {Step::belongs, State::numbered};
    case TraceLine::frame:
      return {Step::belongs, State::frames};
    case TraceLine::thrown:
      return {Step::belongs, State::ended};
    case TraceLine::next_exception:
      return doubts_ == 0 || empty_line_ ? Next{Step::belongs, State::exception} : kOther;
    case TraceLine::closing:
      return doubts_ == 0 && line != "}" ? Next{Step::belongs, State::ended} : kOther;
    default:
      break;
  }
  const bool goes_on = is_indented(line) || line == "<asynchronous suspension>";
  return goes_on && doubts_ == 0 ? Next{Step::belongs, State::numbered} : kOther;
}

StackTrace::Next StackTrace::follow_traceback(TraceLine kind, std::string_view line) const {
  if (is_indented(line)) return {Step::belongs, State::traceback};
  // Ruby prints its own trace in this order on a terminal.
  if (kind == TraceLine::raised_at || is_python_exception(line)) return {Step::belongs, State::raised};
  return {Step::other, State::apart};
}

StackTrace::Next StackTrace::follow_raised(TraceLine kind, std::string_view line, std::string_view so_far) const {
  if (kind == TraceLine::chain && empty_line_) return {Step::belongs, State::chain};
  if (kind == TraceLine::traceback || kind == TraceLine::exception) return {Step::other, State::apart};
  if (is_python_detail(line)) return {Step::belongs, State::raised};
  if (is_indented(line) && !empty_line_) {
    // pydantic: the name of a field, and below it what is wrong with it.
    if (doubts_ == 0 || (doubts_ == 1 && so_far.find("validation error") != so_far.npos)) {
      return {Step::belongs, State::raised};
    }
  }
  return doubt(line, State::raised);
}

StackTrace::Next StackTrace::follow_chain(TraceLine kind) const {
  if (kind == TraceLine::traceback) return {Step::belongs, State::traceback};
  if (kind == TraceLine::group) return {Step::belongs, State::group};
  return {Step::other, State::apart};
}

StackTrace::Next StackTrace::follow_goroutines(TraceLine kind, std::string_view line) const {
  if (kind == TraceLine::goroutine || kind == TraceLine::signal) return {Step::belongs, State::goroutines};
  if (kind == TraceLine::exit_status) return {Step::belongs, State::ended};
  if (is_indented(line)) return {empty_line_ ? Step::other : Step::belongs, State::goroutines};
  if (is_go_register(line)) return {Step::belongs, State::goroutines};
  return {is_go_call(line) ? Step::perhaps : Step::other, State::goroutines};  // its place is on the next line
}

StackTrace::Next StackTrace::follow_rust(TraceLine kind, std::string_view line) const {
  if (kind == TraceLine::note) return {Step::belongs, State::ended};
  if (kind == TraceLine::backtrace) return {Step::belongs, State::backtrace};
  if (kind == TraceLine::rust_panic) return {Step::other, State::apart};
  if (state_ == State::rust_title && doubts_ == 0 && !begins_record(line)) return {Step::belongs, State::rust};
  return doubt(line, State::rust);
}

StackTrace::Next StackTrace::follow_source(TraceLine kind, std::string_view line) const {
  constexpr std::uint8_t kMostSourceLines = 3;
  if (kind == TraceLine::caret && doubts_ > 0) return {Step::belongs, State::exception};
  if (doubts_ >= kMostSourceLines) return {Step::other, State::apart};
  return doubt(line, State::source);
}

StackTrace::Next StackTrace::doubt(std::string_view line, State state) const {
  if (!begins_record(line)) return {Step::perhaps, state};
  const bool of_message = state_ == State::raised || state_ == State::rust;  // no frames need follow
  const bool alike = start_ != RecordStart::none && record_start(line) == start_ && !unalike_;
  return {doubts_ > 0 && !empty_line_ && proven_ && of_message && alike ? Step::ends : Step::other, state};
}

bool StackTrace::begins_record(std::string_view line) const {
  const RecordStart start = record_start(line);
  if (start == RecordStart::time) return true;
  return start != RecordStart::none && (start_ == RecordStart::none || start == start_);
}

}  // namespace logsniffd::framing
