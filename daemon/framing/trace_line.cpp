#include "daemon/framing/trace_line.hpp"

#include <algorithm>
#include <array>

namespace logsniffd::framing {
namespace {

using namespace std::string_view_literals;

struct Opening {
  std::string_view text;
  TraceLine kind;
};

// How lines at the margin begin. Openings with the same first letter are adjacent. "Wrapped by" is Logback's, which can
// print the root cause first.
constexpr std::array kOpenings{
    Opening{"Caused by: ", TraceLine::link},
    Opening{"Suppressed: ", TraceLine::link},
    Opening{"Stack trace:", TraceLine::stack_title},
    Opening{"Wrapped by: ", TraceLine::link},
    Opening{"Exception in thread \"", TraceLine::exception},
    Opening{"Error has been observed ", TraceLine::remark},
    Opening{"Emitted 'error' event ", TraceLine::remark},
    Opening{"Traceback (most recent call last):", TraceLine::traceback},
    Opening{"The above exception was the direct cause of the following exception:", TraceLine::chain},
    Opening{"Thrown at:", TraceLine::remark},
    Opening{"During handling of the above exception, another exception occurred:", TraceLine::chain},
    Opening{"--- End of stack trace from previous location", TraceLine::remark},
    Opening{"panic: ", TraceLine::panic},
    Opening{"fatal error: ", TraceLine::panic},
    Opening{"[signal ", TraceLine::signal},
    Opening{"[stacktrace]", TraceLine::stack_title},
    Opening{"[previous exception] ", TraceLine::next_exception},
    Opening{"stack backtrace:", TraceLine::backtrace},
    Opening{"note: run with ", TraceLine::note},
    Opening{"note: Run with ", TraceLine::note},
    Opening{"note: Some details are omitted", TraceLine::note},
    Opening{"Original Stack Trace:", TraceLine::stack_title},
    Opening{"Next ", TraceLine::next_exception},
    Opening{"Node.js v", TraceLine::node_version},
};

// The first opening for each first letter, so that most lines are compared with none of them.
constexpr auto kFirstOpenings = [] {
  std::array<std::uint8_t, 128> first{};
  first.fill(kOpenings.size());
  for (std::size_t i = kOpenings.size(); i-- > 0;) {
    first[static_cast<unsigned char>(kOpenings[i].text.front())] = static_cast<std::uint8_t>(i);
  }
  return first;
}();

constexpr std::array kIndentedOpenings{
    Opening{"at ", TraceLine::frame},
    Opening{"eval at ", TraceLine::frame},
    Opening{"--- End of ", TraceLine::frame},
    Opening{"---> ", TraceLine::link},
    Opening{"Caused by: ", TraceLine::link},
    Opening{"Suppressed: ", TraceLine::link},
    Opening{"Wrapped by: ", TraceLine::link},
    Opening{"thrown in ", TraceLine::thrown},
    Opening{"+ Exception Group Traceback (most recent call last):", TraceLine::group},
};
constexpr std::array kExceptionEnds{"Exception"sv, "Error"sv, "Throwable"sv};
constexpr std::array kExceptionPackages{"java."sv, "javax."sv, "jakarta."sv, "kotlin."sv, "scala."sv};
constexpr std::array kPythonDetails{"DETAIL:"sv, "HINT:"sv,         "CONTEXT:"sv,
                                    "[SQL: "sv,  "[parameters: "sv, "(Background on this error at: "sv};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
// Characters in the names of all these languages; beyond ASCII everything.
constexpr auto kNameChars = [] {
  std::array<bool, 256> result{};
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto c = static_cast<char>(i);
    result[i] = is_digit(c) || is_upper(c) || is_lower(c) || c == '_' || i >= 0x80;
  }
  return result;
}();
constexpr bool is_name_char(char c) { return kNameChars[static_cast<unsigned char>(c)]; }

template <class Texts>
bool starts_with_any(std::string_view text, const Texts& texts) {
  return std::any_of(texts.begin(), texts.end(), [text](std::string_view t) { return text.starts_with(t); });
}
template <class Texts>
bool ends_with_any(std::string_view text, const Texts& texts) {
  return std::any_of(texts.begin(), texts.end(), [text](std::string_view t) { return text.ends_with(t); });
}
TraceLine opening_of(std::string_view line) {
  const auto front = static_cast<unsigned char>(line.front());
  if (front >= kFirstOpenings.size() || line.size() < 2) return TraceLine::other;
  for (std::size_t i = kFirstOpenings[front]; i < kOpenings.size(); ++i) {
    const Opening& opening = kOpenings[i];
    if (opening.text.front() != line.front()) break;
    if (opening.text[1] == line[1] && line.starts_with(opening.text)) return opening.kind;
  }
  return TraceLine::other;
}

std::string_view without_digits(std::string_view text) {
  const std::size_t end = text.find_first_not_of("0123456789");
  return end == text.npos ? std::string_view() : text.substr(end);
}

// "... 12 more", "... 21 common frames omitted", and .NET's and Ruby's "... 3 levels..."
bool is_omission(std::string_view text) {
  if (!text.starts_with("... ") || text.size() < 5 || !is_digit(text[4])) return false;
  const std::string_view behind = without_digits(text.substr(4));
  return behind.starts_with(" more") || behind.starts_with(" common frames omitted") || behind.starts_with(" levels");
}

// The name at the front, with `punctuation` inside.
std::string_view front_name(std::string_view line, std::string_view punctuation) {
  const auto end = std::find_if_not(line.begin(), line.end(), [punctuation](char c) {
    return is_name_char(c) || punctuation.find(c) != punctuation.npos;
  });
  const std::string_view name = line.substr(0, static_cast<std::size_t>(end - line.begin()));
  return name.empty() || !is_name_char(name.front()) || is_digit(name.front()) ? std::string_view() : name;
}

bool is_end_of_name(std::string_view behind) { return behind.empty() || behind == ":" || behind.starts_with(": "); }

bool is_dotted_exception(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == name.npos || dot + 1 == name.size()) return false;
  return ends_with_any(name, kExceptionEnds) || (is_upper(name[dot + 1]) && starts_with_any(name, kExceptionPackages));
}

TraceLine exception_of(std::string_view line) {
  const std::string_view name = front_name(line, ".$");
  if (name.empty()) return TraceLine::other;
  const std::string_view behind = line.substr(name.size());
  if (is_end_of_name(behind)) {
    if (is_dotted_exception(name)) return TraceLine::exception;
    return name.find('.') == name.npos && is_upper(name.front()) && ends_with_any(name, kExceptionEnds)
               ? TraceLine::error
               : TraceLine::other;
  }
  // Node.js "TypeError [ERR_X]: ...", Rails "NoMethodError (...):".
  const bool coded = behind.starts_with(" [") && behind.find("]: ") != behind.npos;
  const bool bracketed = behind.starts_with(" (") && behind.ends_with("):");
  return (coded || bracketed) && ends_with_any(name, kExceptionEnds) ? TraceLine::error : TraceLine::other;
}

// .NET's, before and since .NET Core: "Unhandled exception. System.X: ..."
bool is_unhandled(std::string_view line) {
  constexpr std::size_t kLength = "Unhandled exception. "sv.size();
  if (!line.starts_with("Unhandled exception. ") && !line.starts_with("Unhandled Exception: ")) return false;
  return exception_of(line.substr(kLength)) == TraceLine::exception;
}

// "a.rb:1:in 'f'", with what follows it.
bool is_ruby_place(std::string_view text) {
  for (std::size_t colon = text.find(':'); colon != text.npos; colon = text.find(':', colon + 1)) {
    if (colon + 1 == text.size() || !is_digit(text[colon + 1])) continue;
    const std::string_view behind = without_digits(text.substr(colon + 1));
    return behind.starts_with(":in '") || behind.starts_with(":in `");
  }
  return false;
}

// At the margin the path has no blank, and ends at the first colon.
bool is_raised_at(std::string_view line) {
  const auto end = std::find_if(line.begin(), line.end(), [](char c) { return c == ':' || c == ' ' || c == '\t'; });
  if (end == line.end() || *end != ':') return false;
  const std::string_view behind = line.substr(static_cast<std::size_t>(end - line.begin()));
  return behind.size() > 1 && is_digit(behind[1]) && is_ruby_place(behind);
}

bool is_caret(std::string_view text) { return text.find_first_not_of("^~ \t") == text.npos && text.front() != ' '; }

TraceLine indented_line(std::string_view inside) {
  if (inside.empty()) return TraceLine::indented;
  for (const Opening& opening : kIndentedOpenings) {
    if (opening.text.front() == inside.front() && inside.starts_with(opening.text)) return opening.kind;
  }
  if (is_omission(inside)) return TraceLine::frame;
  if ((inside.front() == '^' || inside.front() == '~') && is_caret(inside)) return TraceLine::caret;
  if (is_ruby_place(inside)) return TraceLine::from;
  return exception_of(inside) == TraceLine::exception ? TraceLine::indented_exception : TraceLine::indented;
}

bool is_goroutine(std::string_view line) {
  if (!line.starts_with("goroutine ") || line.size() < 11 || !is_digit(line[10])) return false;
  const std::string_view behind = without_digits(line.substr(10));
  return behind.starts_with(" ") && behind.find('[') != behind.npos && behind.ends_with("]:");
}

// "/app/index.js:3", "node:internal/main:105", "file:///app/a.mjs:3", "C:\app\a.js:3"
bool is_place(std::string_view line) {
  if (!is_digit(line.back()) || line.find(' ') != line.npos) return false;
  const std::size_t colon = line.rfind(':');
  if (colon == line.npos || !without_digits(line.substr(colon + 1)).empty()) return false;
  return line.front() == '/' || line.starts_with("node:") || line.starts_with("file:") || line.substr(1, 2) == ":\\";
}

TraceLine margin_line(std::string_view line) {
  const char front = line.front();
  // Most log lines begin like this.
  if (is_digit(front) || front == '<' || front == '{') return TraceLine::other;
  if (front == '[') return line.size() > 1 && (line[1] == 's' || line[1] == 'p') ? opening_of(line) : TraceLine::other;
  const TraceLine opening = opening_of(line);
  if (opening != TraceLine::other) return opening;
  switch (front) {
    case '#':
      return line.size() > 2 && is_digit(line[1]) && without_digits(line.substr(1)).starts_with(' ')
                 ? TraceLine::numbered_frame
                 : TraceLine::other;
    case '}':
      return line == "}" ? TraceLine::closing : TraceLine::other;
    case '"':
      return line.starts_with("\"}") ? TraceLine::closing : TraceLine::other;
    case 'U':
      if (is_unhandled(line)) return TraceLine::exception;
      if (line == "Unhandled exception:") return TraceLine::error;  // Dart's; its message is on the next line
      break;
    case 'g':
      if (is_goroutine(line)) return TraceLine::goroutine;
      break;
    case 'e':
      if (line.starts_with("exit status ") && without_digits(line.substr(12)).empty()) return TraceLine::exit_status;
      break;
    case 't':
      if (line.starts_with("thread '") && line.find("' ", 8) != line.npos && line.find(" panicked at ") != line.npos) {
        return TraceLine::rust_panic;
      }
      break;
    case '/':
      if (is_place(line)) return TraceLine::place;
      return is_raised_at(line) ? TraceLine::raised_at : TraceLine::other;
    default:
      break;
  }
  if (!is_name_char(front)) return TraceLine::other;
  const TraceLine exception = exception_of(line);
  if (exception != TraceLine::other) return exception;
  if (is_raised_at(line)) return TraceLine::raised_at;
  return is_place(line) ? TraceLine::place : TraceLine::other;
}

}  // namespace

TraceLine trace_line(std::string_view line) {
  if (line.front() != ' ' && line.front() != '\t') return margin_line(line);
  const std::size_t margin = std::min(line.find_first_not_of(" \t"), line.size());
  const std::string_view inside = line.substr(margin);
  return indented_line(inside.starts_with("from ") ? inside.substr(5) : inside);
}

bool holds_exception(std::string_view line) {
  constexpr std::size_t kMostSeen = 4096;
  constexpr std::size_t kMostCode = 64;  // "TypeError [ERR_X]: "
  line = line.substr(0, kMostSeen);
  for (std::size_t colon = line.find(':'); colon != line.npos; colon = line.find(':', colon + 1)) {
    if (colon + 1 < line.size() && line[colon + 1] != ' ') continue;
    std::string_view front = line.substr(0, colon);
    if (front.ends_with(']')) {
      const std::size_t code = front.substr(front.size() - std::min(front.size(), kMostCode)).rfind(" [");
      if (code != front.npos) front = front.substr(0, front.size() - std::min(front.size(), kMostCode) + code);
    }
    if (ends_with_any(front, kExceptionEnds)) return true;
  }
  return ends_with_any(line, kExceptionEnds);
}

bool is_python_exception(std::string_view line) {
  const std::string_view name = front_name(line, ".<>");
  return !name.empty() && is_end_of_name(line.substr(name.size()));
}

bool is_python_detail(std::string_view line) {
  if (line.starts_with("LINE ") && line.size() > 5 && is_digit(line[5])) {
    return without_digits(line.substr(5)).starts_with(": ");
  }
  return starts_with_any(line, kPythonDetails);
}

bool is_go_call(std::string_view line) {
  if (line.starts_with("created by ")) return true;
  if (line == "runtime stack:" || line.starts_with("...additional frames elided")) return true;
  if (line.starts_with("goroutine running on other thread")) return true;
  const std::size_t bracket = line.find('(');
  return bracket != line.npos && bracket > 0 && line.ends_with(')') && line.find_first_of(" \t") > bracket;
}

bool is_go_register(std::string_view line) {
  const std::size_t end = line.find(' ');
  if (end == line.npos || end < 2 || end > 6) return false;
  const std::size_t value = line.find_first_not_of(' ', end);
  return value != line.npos && line.substr(value).starts_with("0x") &&
         line.find_first_not_of("0123456789abcdef", value + 2) == line.npos;
}

bool is_counted_error(std::string_view line) {
  if (line.empty() || !is_digit(line.front())) return false;
  const std::string_view behind = without_digits(line);
  return behind.starts_with(") ") || behind == " error" || behind == " errors";
}

}  // namespace logsniffd::framing
