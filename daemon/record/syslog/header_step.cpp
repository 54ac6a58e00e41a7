#include "daemon/record/syslog/header_step.hpp"

#include <algorithm>

#include "daemon/record/syslog/header_word.hpp"
#include "daemon/record/syslog/syslog_time.hpp"
#include "daemon/text/word_table.hpp"

namespace logsniffd::record::syslog::step {
namespace {

// " ", ": ", " : " and ":" all occur after a time.
void skip_colon(text::TextCursor& cursor) {
  cursor.eat(' ');
  cursor.eat(':');
  skip_blanks(cursor);
}

template <auto Read>
bool timed(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  std::optional<PacketTime> sent;
  if (!Read(at, draft.captured_at, sent)) return false;
  skip_colon(at);
  if (sent) draft.sent = sent;  // a relay's time stays if the device's has no instant
  draft.at = at;
  return true;
}

// Eats `wanted` (in lower case) in letters of any case.
bool eat_words(text::TextCursor& cursor, std::string_view wanted) {
  const std::string_view text = cursor.rest().substr(0, wanted.size());
  if (!std::equal(text.begin(), text.end(), wanted.begin(), wanted.end(),
                  [](char is, char want) { return text::to_lower(is) == want; })) {
    return false;
  }
  cursor.take(wanted.size());
  return true;
}

// Firewalls do not write a process name before a mnemonic.
bool is_firewall(std::string_view text) {
  return text.starts_with("%ASA-") || text.starts_with("%FTD-") || text.starts_with("%FWSM-") ||
         text.starts_with("%PIX-") || text.starts_with("%ACE-");
}

}  // namespace

bool time(HeaderDraft& draft) {
  HeaderDraft ahead = draft;
  skip_blanks(ahead.at);
  if (!timed<read_header_time>(ahead)) return false;
  draft = ahead;
  return true;
}

bool device_time(HeaderDraft& draft) { return timed<read_device_time>(draft); }
bool spaced_time(HeaderDraft& draft) { return timed<read_spaced_time>(draft); }

bool slashed_time(HeaderDraft& draft) {
  HeaderDraft ahead = draft;
  skip_blanks(ahead.at);
  if (!timed<read_slashed_time>(ahead)) return false;
  draft = ahead;
  return true;
}

bool epoch(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  skip_blanks(at);
  if (!read_epoch_time(at, draft.sent)) return false;
  draft.at = at;
  return true;
}

bool fine_epoch(HeaderDraft& draft) { return draft.at.peek(10) == '.' && epoch(draft); }

bool zone(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  if (!is_common_zone(take_word(at)) || !at.eat(' ')) return false;
  draft.sent.reset();  // its offset is unknown
  draft.at = at;
  return true;
}

bool version(HeaderDraft& draft) { return draft.at.eat("1 "); }

bool host(HeaderDraft& draft) {
  const std::string_view word = peek_host_word(draft.at);
  if (host_shape(word) < HostShape::weak) return false;
  draft.at.take(word.size());
  skip_blanks(draft.at);
  draft.host = word;
  return true;
}

bool origin(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  if (at.peek() == '*' || at.peek() == '%' || at.peek() == '.') return false;
  std::string_view word = take_word(at);
  if (!word.ends_with(':') || !at.eat(' ')) return false;
  text::TextCursor time = draft.at;  // "1w2d: "
  std::optional<PacketTime> ignored;
  if (text::is_digit(word.front()) && read_device_time(time, draft.captured_at, ignored)) return false;
  word.remove_suffix(1);
  if (word.find_first_of("[%") != word.npos || !(text::any_letter(word) || host_shape(word) >= HostShape::weak))
    return false;
  if (host_shape(word) >= HostShape::weak) {
    draft.host = word;
  } else {
    draft.detail = {"device", word};
  }
  draft.at = at;
  return true;
}

// A name directly before the colon is a process of the device ("Ebra: %LINEPROTO-...", Arista), unless the device is a
// firewall, or the name is an address or ends in a digit.
bool device_id(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  if (at.peek() == '%' || at.peek() == '*') return false;
  std::string_view word = take_word(at);
  const bool apart = at.eat(" : ");
  if (!apart) {
    if (!word.ends_with(':') || !at.eat(' ')) return false;
    word.remove_suffix(1);
  }
  const HostShape shape = host_shape(word);
  if (shape < HostShape::weak) return false;
  if (!apart && !is_firewall(at.rest())) {
    if (shape != HostShape::strong || (word.find_first_of(".:") == word.npos && !text::is_digit(word.back())))
      return false;
  }
  draft.host = word;
  draft.at = at;
  return true;
}

bool forwarded(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  if (!eat_words(at, "message forwarded from ") && !eat_words(at, "from ")) return false;
  std::string_view word = take_word(at);
  if (!word.ends_with(':')) return false;
  word.remove_suffix(1);
  if (host_shape(word) < HostShape::weak) return false;
  at.eat(' ');
  draft.host = word;
  draft.at = at;
  return true;
}

bool bracketed_host(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  std::string_view word = take_word(at);
  if (!word.starts_with('[') || !word.ends_with(']') || !at.eat(' ')) return false;
  word = word.substr(1, word.size() - 2);
  if (host_shape(word) != HostShape::strong) return false;
  draft.host = word;
  draft.at = at;
  return true;
}

// The value may have quotes around it. It stays in the message, as the other keys do.
bool named_host(HeaderDraft& draft) {
  struct Product {
    std::string_view opening;
    std::string_view key;
  };
  constexpr Product kProducts[] = {
      {"date=", " devname="},        // Fortinet
      {"device=", " device_name="},  // Sophos XG
      {"id=firewall ", " fw="},      // SonicWall
  };
  constexpr std::size_t kKeysAtMost = 256;
  const std::string_view text = draft.at.rest();
  for (const Product& product : kProducts) {
    if (!text.starts_with(product.opening)) continue;
    const std::size_t key = text.substr(0, kKeysAtMost).find(product.key);
    if (key == text.npos) return false;
    text::TextCursor at(text.substr(key + product.key.size()));
    at.eat('"');
    const std::string_view rest = at.rest().substr(0, kMaxHost + 1);
    const std::size_t end = rest.find_first_of("\" ");
    if (end == rest.npos || host_shape(rest.substr(0, end)) < HostShape::weak) return false;
    draft.host = rest.substr(0, end);
    return true;
  }
  return false;
}

bool netscreen(HeaderDraft& draft) { return draft.at.rest().starts_with("NetScreen device_id="); }

bool tag(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  skip_blanks(at);
  if (!read_tag(at, draft.app, draft.pid)) return false;
  draft.at = at;
  return true;
}

bool dashed_tag(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  const std::string_view word = take_word(at);
  if (!at.eat(" -: ") || !text::any_letter(word) || word.find_first_of("=\":[{") != word.npos) return false;
  draft.app = word;
  draft.at = at;
  return true;
}

bool program_of_event(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  const std::string_view word = take_word(at);
  if (!at.eat(' ') || !is_security_event(at.rest()) || host_shape(draft.host) != HostShape::strong) return false;
  if (!text::any_letter(word) || word.find_first_of("=\":[{") != word.npos) return false;
  draft.app = word;
  draft.at = at;
  return true;
}

bool level(HeaderDraft& draft) {
  text::TextCursor at = draft.at;
  std::string_view word = take_word(at);
  if (word.starts_with('<') && word.ends_with('>')) word = word.substr(1, word.size() - 2);
  if (!is_level(word) || !at.eat(' ')) return false;
  draft.at = at;
  return true;
}

}  // namespace logsniffd::record::syslog::step
