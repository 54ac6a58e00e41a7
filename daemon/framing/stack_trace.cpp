#include "daemon/framing/stack_trace.hpp"

namespace logsniffd::framing {
namespace {

bool is_indented(std::string_view line) { return line.front() == ' ' || line.front() == '\t'; }

}  // namespace

void StackTrace::begin(Bytes first_line) { begin(line_of(as_text(first_line))); }

StackTrace::Line StackTrace::line_of(std::string_view text) {
  const RecordStart start = record_start(text);
  const bool is_other = start == RecordStart::time || text.empty();  // no line of a trace begins with a time
  return {text, is_other ? TraceLine::other : trace_line(text), start};
}

void StackTrace::begin(const Line& line) {
  start_ = line.start;
  unalike_ |= start_ == RecordStart::none;
  doubts_ = 0;
  empty_line_ = false;
  proven_ = false;
  if (line.kind == TraceLine::other) [[likely]] {
    state_ = line.text.empty() ? State::apart : State::message;
    return;
  }
  proven_ = true;
  switch (line.kind) {
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
      state_ = line.text.ends_with(':') ? State::rust_title : State::rust;
      return;
    default:
      break;
  }
  proven_ = false;
  switch (line.kind) {
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
  const Line line = line_of(as_text(bytes));
  const std::string_view text = line.text;
  const Next next = text.empty() ? Next{follow_empty_line(), state_} : follow(line, as_text(so_far));
  switch (next.step) {
    case Step::perhaps:
      if (doubts_ == kMostDoubts) return Step::apart;
      ++doubts_;
      empty_line_ = text.empty();
      state_ = next.state;
      return Step::perhaps;
    case Step::belongs:
      doubts_ = 0;
      empty_line_ = false;
      proven_ = true;
      state_ = next.state;
      return Step::belongs;
    case Step::other:
      if (doubts_ > 0) return Step::apart;
      break;
    default:
      break;
  }
  begin(line);
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
    case State::fields:
      return Step::perhaps;  // the paragraphs of a message
    default:
      return empty_line_ ? Step::other : Step::perhaps;
  }
}

StackTrace::Next StackTrace::follow(const Line& line, std::string_view so_far) const {
  constexpr Next kOther{Step::other, State::apart};
  switch (state_) {
    case State::apart:
    case State::ended:
      return kOther;
    case State::message:
      return follow_message(line, so_far);
    case State::console:
      if (line.kind == TraceLine::frame) return {Step::belongs, State::frames};
      return is_indented(line.text) ? Next{Step::perhaps, State::console} : kOther;
    case State::exception:
      return follow_exception(line, so_far);
    case State::frames:
    case State::ruby:
      return follow_frames(line);
    case State::numbered:
      return follow_numbered(line);
    case State::traceback:
      return follow_traceback(line);
    case State::raised:
    case State::fields:
      return follow_raised(line);
    case State::group:
      if (line.kind == TraceLine::chain && empty_line_) return {Step::belongs, State::chain};
      return is_indented(line.text) && !empty_line_ ? Next{Step::belongs, State::group} : kOther;
    case State::chain:
      return follow_chain(line.kind);
    case State::panic:
      if (line.kind == TraceLine::goroutine) return {Step::belongs, State::goroutines};
      if (line.kind == TraceLine::signal) return {Step::belongs, State::panic};
      return doubt(line, State::panic);
    case State::goroutines:
      return follow_goroutines(line);
    case State::rust_title:
    case State::rust:
      return follow_rust(line);
    case State::backtrace:
      if (line.kind == TraceLine::note) return {Step::belongs, State::ended};
      return is_indented(line.text) ? Next{Step::belongs, State::backtrace} : kOther;
    case State::source:
      return follow_source(line);
  }
  return kOther;
}

StackTrace::Next StackTrace::follow_message(const Line& line, std::string_view so_far) const {
  constexpr Next kOther{Step::other, State::apart};
  if (line.kind == TraceLine::other && begins_record(line.start)) [[likely]]
    return kOther;
  const bool marked = start_ != RecordStart::none;
  switch (line.kind) {
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
      return marked ? Next{Step::belongs, line.text.ends_with(':') ? State::rust_title : State::rust} : kOther;
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
  if (begins_record(line.start) || !holds_exception(so_far)) return kOther;
  return {Step::perhaps, State::exception};
}

StackTrace::Next StackTrace::follow_exception(const Line& line, std::string_view so_far) const {
  switch (line.kind) {
    case TraceLine::frame:
      return {Step::belongs, State::frames};
    case TraceLine::from:
      return {Step::belongs, State::ruby};
    case TraceLine::link:
      return {Step::belongs, State::exception};
    case TraceLine::remark:
      return {proven_ ? Step::belongs : Step::perhaps, State::exception};
    case TraceLine::numbered_frame:
      if (line.text.starts_with("#0 ")) return {Step::belongs, State::numbered};
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
      // A line that only may hold an exception may also be the log line before one.
      if (!proven_ && doubts_ == 0) return follow_message(line, so_far);
      if (proven_ && line.kind == TraceLine::error) break;
      return {Step::other, State::apart};
    default:
      break;
  }
  if (is_indented(line.text) && proven_ && doubts_ == 0) return {Step::belongs, State::exception};
  return doubt(line, State::exception);
}

StackTrace::Next StackTrace::follow_frames(const Line& line) const {
  constexpr Next kOther{Step::other, State::apart};
  switch (line.kind) {
    case TraceLine::link:
      return {Step::belongs, State::exception};
    case TraceLine::remark:
      return {Step::belongs, State::frames};
    case TraceLine::stack_title:
      return {Step::perhaps, State::numbered};
    case TraceLine::closing:
      return line.text == "}" && !empty_line_ ? Next{Step::belongs, State::frames} : kOther;
    case TraceLine::node_version:
      return {Step::belongs, State::ended};
    case TraceLine::raised_at:
      return state_ == State::ruby ? Next{Step::perhaps, State::exception} : kOther;
    default:
      break;
  }
  if (is_indented(line.text)) return empty_line_ ? kOther : Next{Step::belongs, state_};
  return is_counted_error(line.text) ? Next{Step::perhaps, State::exception} : kOther;
}

StackTrace::Next StackTrace::follow_numbered(const Line& line) const {
  constexpr Next kOther{Step::other, State::apart};
  switch (line.kind) {
    case TraceLine::numbered_frame:
      return {Step::belongs, State::numbered};
    case TraceLine::frame:
      return {Step::belongs, State::frames};
    case TraceLine::thrown:
      return {Step::belongs, State::ended};
    case TraceLine::next_exception:
      return doubts_ == 0 || empty_line_ ? Next{Step::belongs, State::exception} : kOther;
    case TraceLine::closing:
      return doubts_ == 0 && line.text != "}" ? Next{Step::belongs, State::ended} : kOther;
    default:
      break;
  }
  const bool goes_on = is_indented(line.text) || line.text == "<asynchronous suspension>";
  return goes_on && doubts_ == 0 ? Next{Step::belongs, State::numbered} : kOther;
}

StackTrace::Next StackTrace::follow_traceback(const Line& line) const {
  if (is_indented(line.text)) return {Step::belongs, State::traceback};
  // Ruby prints its own trace in this order on a terminal.
  if (line.kind == TraceLine::raised_at) return {Step::belongs, State::raised};
  if (!is_python_exception(line.text)) return {Step::other, State::apart};
  const bool lists_fields = line.text.find(" validation error") != line.text.npos;
  return {Step::belongs, lists_fields ? State::fields : State::raised};
  return {Step::other, State::apart};
}

StackTrace::Next StackTrace::follow_raised(const Line& line) const {
  if (line.kind == TraceLine::chain && empty_line_) return {Step::belongs, State::chain};
  if (line.kind == TraceLine::traceback || line.kind == TraceLine::exception) return {Step::other, State::apart};
  if (is_python_detail(line.text)) return {Step::belongs, state_};
  const std::uint8_t most_doubts = state_ == State::fields ? 1 : 0;  // the field's name
  if (is_indented(line.text) && !empty_line_ && doubts_ <= most_doubts) return {Step::belongs, state_};
  return doubt(line, state_);
}

StackTrace::Next StackTrace::follow_chain(TraceLine kind) const {
  if (kind == TraceLine::traceback) return {Step::belongs, State::traceback};
  if (kind == TraceLine::group) return {Step::belongs, State::group};
  return {Step::other, State::apart};
}

StackTrace::Next StackTrace::follow_goroutines(const Line& line) const {
  if (line.kind == TraceLine::goroutine || line.kind == TraceLine::signal) return {Step::belongs, State::goroutines};
  if (line.kind == TraceLine::exit_status) return {Step::belongs, State::ended};
  if (is_indented(line.text)) return {empty_line_ ? Step::other : Step::belongs, State::goroutines};
  if (is_go_register(line.text)) return {Step::belongs, State::goroutines};
  return {is_go_call(line.text) ? Step::perhaps : Step::other, State::goroutines};  // its place is on the next line
}

StackTrace::Next StackTrace::follow_rust(const Line& line) const {
  if (line.kind == TraceLine::note) return {Step::belongs, State::ended};
  if (line.kind == TraceLine::backtrace) return {Step::belongs, State::backtrace};
  if (line.kind == TraceLine::rust_panic) return {Step::other, State::apart};
  if (state_ == State::rust_title && doubts_ == 0 && !begins_record(line.start)) return {Step::belongs, State::rust};
  return doubt(line, State::rust);
}

StackTrace::Next StackTrace::follow_source(const Line& line) const {
  constexpr std::uint8_t kMostSourceLines = 3;
  if (line.kind == TraceLine::caret && doubts_ > 0) return {Step::belongs, State::exception};
  if (doubts_ >= kMostSourceLines) return {Step::other, State::apart};
  return doubt(line, State::source);
}

StackTrace::Next StackTrace::doubt(const Line& line, State state) const {
  if (!begins_record(line.start)) return {Step::perhaps, state};
  // In these states no frames need to follow.
  const bool of_message = state_ == State::raised || state_ == State::fields || state_ == State::rust;
  const bool alike = start_ != RecordStart::none && line.start == start_ && !unalike_;
  return {doubts_ > 0 && !empty_line_ && proven_ && of_message && alike ? Step::ends : Step::other, state};
}

bool StackTrace::begins_record(RecordStart start) const {
  if (start == RecordStart::time) return true;
  return start != RecordStart::none && (start_ == RecordStart::none || start == start_);
}

}  // namespace logsniffd::framing
