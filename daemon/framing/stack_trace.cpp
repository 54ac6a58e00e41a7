#include "daemon/framing/stack_trace.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;

constexpr auto kTraceback = "Traceback (most recent call last):"sv;
constexpr auto kGroup = "+ Exception Group Traceback (most recent call last):"sv;
constexpr std::array kChains{"During handling of the above exception, another exception occurred:"sv,
                             "The above exception was the direct cause of the following exception:"sv};
// "Wrapped by" is Logback's, which can print the root cause first.
constexpr std::array kLinks{"Caused by: "sv, "Suppressed: "sv, "Wrapped by: "sv};
constexpr std::array kExceptionEnds{"Exception"sv, "Error"sv, "Throwable"sv};
constexpr std::array kExceptionPackages{"java."sv, "javax."sv, "jakarta."sv, "kotlin."sv, "scala."sv};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
// In the names of both languages; beyond ASCII everything.
constexpr bool is_name_char(char c) {
  return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

template <class Prefixes>
bool starts_with_any(std::string_view text, const Prefixes& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [text](std::string_view p) { return text.starts_with(p); });
}

// "... 12 more", "... 21 common frames omitted"
bool is_omission(std::string_view text) {
  if (!text.starts_with("... ")) return false;
  text.remove_prefix(4);
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0 || digits == text.npos) return false;
  text.remove_prefix(digits);
  return text.starts_with(" more") || text.starts_with(" common frames omitted");
}

// The name at the front, with `punctuation` inside, of a line that holds nothing else or goes on with a colon.
std::string_view leading_name(std::string_view line, std::string_view punctuation) {
  const auto end = std::find_if_not(line.begin(), line.end(), [punctuation](char c) {
    return is_name_char(c) || punctuation.find(c) != punctuation.npos;
  });
  const std::string_view name = line.substr(0, static_cast<std::size_t>(end - line.begin()));
  if (name.empty() || !is_name_char(name.front()) || is_digit(name.front())) return {};
  const std::string_view behind = line.substr(name.size());
  return behind.empty() || behind == ":" || behind.starts_with(": ") ? name : std::string_view();
}

bool is_java_exception(std::string_view line) {
  const std::string_view name = leading_name(line, ".$");
  const std::size_t dot = name.rfind('.');
  if (dot == name.npos || dot + 1 == name.size()) return false;
  if (std::any_of(kExceptionEnds.begin(), kExceptionEnds.end(), [name](auto end) { return name.ends_with(end); })) {
    return true;
  }
  return is_upper(name[dot + 1]) && starts_with_any(name, kExceptionPackages);
}

// Python names a class with its module and the functions around it: "m.f.<locals>.MyError: message".
bool is_python_exception(std::string_view line) { return !leading_name(line, ".<>").empty(); }

}  // namespace

StackTrace::Kind StackTrace::kind_of(Bytes line) {
  const std::string_view text = as_text(line);
  const std::size_t margin = std::min(text.find_first_not_of(" \t"), text.size());
  if (margin > 0) {
    const std::string_view inside = text.substr(margin);
    if (inside.starts_with("at ")) return Kind::frame;
    if (starts_with_any(inside, kLinks) || is_omission(inside)) return Kind::link;
    return inside.starts_with(kGroup) ? Kind::group : Kind::indented;
  }
  // Nothing of a trace begins otherwise; most log lines do, with a date or a bracket.
  if (text.empty() || is_digit(text.front()) || !is_name_char(text.front())) return Kind::other;
  if (starts_with_any(text, kLinks)) return Kind::link;
  if (text.starts_with("Exception in thread \"") || is_java_exception(text)) return Kind::exception;
  if (text.starts_with(kTraceback)) return Kind::traceback;
  return starts_with_any(text, kChains) ? Kind::chain : Kind::other;
}

StackTrace::State StackTrace::begun_by(Kind kind) {
  switch (kind) {
    case Kind::frame:
    case Kind::link:
      return State::frames;
    case Kind::exception:
      return State::exception;
    case Kind::traceback:
      return State::traceback;
    case Kind::group:
      return State::group;
    case Kind::other:
    case Kind::indented:
    case Kind::chain:
      break;
  }
  return State::apart;
}

StackTrace::StackTrace(Bytes first_line) {
  if (first_line.empty()) return;
  state_ = begun_by(kind_of(first_line));
  if (state_ == State::apart) state_ = State::message;
}

StackTrace::State StackTrace::follow(Bytes line) const {
  const Kind kind = kind_of(line);
  const bool indented = line.front() == ' ' || line.front() == '\t';
  switch (state_) {
    case State::apart:
      break;
    case State::message:
      return begun_by(kind);
    case State::exception:
    case State::frames:
      return indented || kind == Kind::link ? State::frames : State::apart;
    case State::traceback:
      if (indented) return State::traceback;
      return is_python_exception(as_text(line)) ? State::raised : State::apart;
    case State::raised:
    case State::group:
      return indented ? state_ : State::apart;
    case State::chain:
      return kind == Kind::traceback || kind == Kind::group ? begun_by(kind) : State::apart;
  }
  return State::apart;
}

StackTrace::State StackTrace::follow_empty_line(Kind kind) const {
  switch (state_) {
    case State::message:
      return kind == Kind::exception || kind == Kind::traceback || kind == Kind::group ? begun_by(kind) : State::apart;
    case State::raised:
    case State::group:
      return kind == Kind::chain ? State::chain : State::apart;
    case State::chain:
      return kind == Kind::traceback || kind == Kind::group ? begun_by(kind) : State::apart;
    case State::apart:
    case State::exception:
    case State::frames:
    case State::traceback:
      break;
  }
  return State::apart;
}

StackTrace::Step StackTrace::step(Bytes line) {
  if (line.empty()) {
    const bool may_go_on =
        state_ == State::message || state_ == State::raised || state_ == State::group || state_ == State::chain;
    if (empty_line_ || !may_go_on) return Step::other;
    empty_line_ = true;
    return Step::perhaps;
  }
  const State next = empty_line_ ? follow_empty_line(kind_of(line)) : follow(line);
  if (next == State::apart) return Step::other;
  state_ = next;
  empty_line_ = false;
  return Step::belongs;
}

}  // namespace logsniffd::framing
