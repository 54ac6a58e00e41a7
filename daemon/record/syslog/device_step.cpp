// The steps of header_step.hpp that network devices need.
#include <algorithm>
#include <array>

#include "daemon/record/syslog/header_step.hpp"
#include "daemon/record/syslog/header_word.hpp"
#include "daemon/record/syslog/mnemonic.hpp"
#include "daemon/record/syslog/syslog_time.hpp"

namespace logsniffd::record::syslog::step {
namespace {

bool names(Mnemonic mnemonic, HeaderDraft& draft, text::TextCursor behind) {
  if (draft.app.empty()) draft.app = mnemonic.facility;
  draft.msgid = mnemonic.whole;
  draft.at = behind;
  return true;
}

}  // namespace

bool task(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  if (!at.eat('*')) return false;
  std::string_view word = take_word(at);
  if (!word.ends_with(':') || !at.eat(' ') || !text::any_letter(word)) return false;
  word.remove_suffix(1);
  draft.app = word;
  draft.at = at;
  return true;
}

bool sequence(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  at.take_digits(10);
  if (!at.eat(':') || text::is_digit(at.peek())) return false;  // "00:00:46: " is a time
  skip_blanks(at);
  draft.at = at;
  return true;
}

bool node(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  const std::string_view text = at.rest().substr(0, kMaxHost);
  const std::size_t end = text.find_first_of(": ");
  if (end == text.npos || text[end] != ':') return false;
  const std::string_view word = at.take(end);
  if (std::count(word.begin(), word.end(), '/') < 2 || !text::any_letter(word)) return false;
  if (!std::all_of(word.begin(), word.end(),
                   [](char c) { return text::is_letter(c) || text::is_digit(c) || c == '/' || c == '_'; }))
    return false;
  at.eat(':');
  at.eat(' ');
  draft.detail = {"node", word};
  draft.at = at;
  return true;
}

bool unit(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  const std::string_view word = take_word(at);
  if (word.size() < 3 || word.front() != '(' || word.back() != ')' || !at.eat(' ')) return false;
  draft.at = at;
  return true;
}

bool stamp(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  std::optional<PacketTime> ignored;  // its zone is unknown
  std::string_view word = take_word(at);
  if (!word.starts_with('(') || !word.ends_with(')') || !at.eat(' ')) return false;
  text::TextCursor inside(word.substr(1, word.size() - 2));
  if (!read_rfc3339_time(inside, draft.captured_at, ignored) || !inside.at_end()) return false;
  draft.at = at;
  return true;
}

bool station(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  std::string_view word = take_word(at);
  if (word.find(',') == word.npos || !at.eat(' ')) return false;
  if (word.ends_with(':')) word.remove_suffix(1);
  if (word.starts_with("(\"") && word.ends_with("\")")) word = word.substr(2, word.size() - 4);
  std::size_t parts = 0;
  bool address = false;
  for (std::size_t begin = 0; begin <= word.size(); ++parts) {
    const std::string_view part = word.substr(begin, word.find(',', begin) - begin);
    begin += part.size() + 1;
    const bool hex = std::all_of(part.begin(), part.end(), [](char c) {
      return text::is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
    address = address || (part.size() == 12 && hex);
  }
  if (!address || parts < 2 || parts > 3) return false;
  at.eat(": ");  // an empty tag: the program gave syslog(3) no name, and writes its name itself
  draft.detail = {"device", word};
  draft.at = at;
  return true;
}

bool engine(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  skip_blanks(at);
  const std::string_view text = at.rest();
  if (!text::any_letter(take_word(at)) || !at.eat(" : ")) return false;
  draft.at = text::TextCursor(text);
  return true;
}

bool event(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  if (!at.eat('[')) return false;
  std::array<std::string_view, 3> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string_view text = at.rest().substr(0, kMaxHost);
    const std::size_t end = text.find_first_of(":] ");
    if (end == text.npos || text[end] != (i + 1 < parts.size() ? ':' : ']')) return false;
    parts[i] = at.take(end);
    at.take(1);
  }
  if (!at.eat(": ") || host_shape(parts[0]) < HostShape::weak || parts[1].empty() || !is_level(parts[2])) return false;
  draft.host = parts[0];
  draft.msgid = parts[1];
  draft.at = at;
  return true;
}

bool event_number(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  skip_blanks(at);
  const std::string_view number = at.take_digits(6);
  if (number.size() != 5 || !at.eat(' ')) return false;
  draft.msgid = number;
  draft.at = at;
  return true;
}

bool star(HeaderDraft& draft) { return draft.at.peek(1) == '%' && draft.at.eat('*'); }

bool mnemonic(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  const std::optional<Mnemonic> found = read_mnemonic(at);
  return found && names(*found, draft, at);
}

bool module_mnemonic(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  const std::optional<Mnemonic> found = read_module_mnemonic(at);
  return found && names(*found, draft, at);
}

}  // namespace logsniffd::record::syslog::step
