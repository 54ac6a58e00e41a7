#include "daemon/record/syslog/header_word.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "daemon/record/syslog/syslog_time.hpp"
#include "daemon/record/value/logged_severity.hpp"
#include "daemon/text/word_table.hpp"

namespace logsniffd::record::syslog {
namespace {

constexpr std::size_t kMaxPid = 128;  // RFC 5424, 6: PROCID

// Classes of characters, as a table: hosts and tags are looked for in every message.
enum CharClass : std::uint8_t {
  kIsLetter = 1,
  kIsDigit = 2,
  kJoint = 4,       // of names: "-_."
  kAddressing = 8,  // of IPv6 addresses and of paths: ":%/"
  kInTag = 16,
  kInProvenTag = 32,
  kAt = 64,
};
constexpr std::uint8_t kInHost = kIsLetter | kIsDigit | kJoint | kAddressing | kAt;

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  const auto add = [&classes](std::string_view chars, int these) {
    for (const char c : chars) classes[static_cast<unsigned char>(c)] |= static_cast<std::uint8_t>(these);
  };
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", kIsLetter | kInTag | kInProvenTag);
  add("0123456789", kIsDigit | kInTag | kInProvenTag);
  add("-_.", kJoint);
  add(":%/", kAddressing);
  add("-_./()@+#%$~*\\", kInTag | kInProvenTag);
  add(":<>&!^", kInProvenTag);
  add("@", kAt);
  return classes;
}();

constexpr std::uint8_t class_of(char c) { return kClasses[static_cast<unsigned char>(c)]; }

struct Run {
  std::size_t length = 0;
  std::uint8_t seen = 0;  // every class that occurred
};

Run run_of(std::uint8_t classes, std::string_view text, std::size_t limit) {
  const std::size_t end = std::min(text.size(), limit);
  Run run;
  for (; run.length < end && (class_of(text[run.length]) & classes) != 0; ++run.length) {
    run.seen |= class_of(text[run.length]);
  }
  return run;
}

enum WordUse : std::uint8_t {
  kNoHost = 1,
  kNoProgram = 2,
};
// Words that open messages. A sender that omits the host puts them in its place. Months are here because they open a
// header inside a message.
constexpr auto kOpenings = std::to_array<std::string_view>({"a",
                                                            "above",
                                                            "accept",
                                                            "accepted",
                                                            "access",
                                                            "allow",
                                                            "allowed",
                                                            "an",
                                                            "apr",
                                                            "at",
                                                            "attempt",
                                                            "attempted",
                                                            "aug",
                                                            "authentication",
                                                            "block",
                                                            "blocked",
                                                            "caused",
                                                            "command",
                                                            "configuration",
                                                            "connect",
                                                            "connected",
                                                            "connection",
                                                            "could",
                                                            "dec",
                                                            "denied",
                                                            "deny",
                                                            "device",
                                                            "disconnected",
                                                            "drop",
                                                            "dropped",
                                                            "duplicate",
                                                            "exception",
                                                            "failed",
                                                            "failure",
                                                            "feb",
                                                            "forward",
                                                            "forwarded",
                                                            "found",
                                                            "in",
                                                            "initializing",
                                                            "input",
                                                            "interface",
                                                            "invalid",
                                                            "jan",
                                                            "jul",
                                                            "jun",
                                                            "last",
                                                            "link",
                                                            "log",
                                                            "login",
                                                            "logout",
                                                            "mar",
                                                            "may",
                                                            "new",
                                                            "no",
                                                            "not",
                                                            "nov",
                                                            "number",
                                                            "oct",
                                                            "of",
                                                            "on",
                                                            "output",
                                                            "password",
                                                            "permit",
                                                            "permitted",
                                                            "port",
                                                            "received",
                                                            "reject",
                                                            "rejected",
                                                            "repeated",
                                                            "request",
                                                            "restarting",
                                                            "sent",
                                                            "sep",
                                                            "session",
                                                            "started",
                                                            "starting",
                                                            "stopped",
                                                            "stopping",
                                                            "system",
                                                            "the",
                                                            "this",
                                                            "time",
                                                            "to",
                                                            "unable",
                                                            "unexpected",
                                                            "unknown",
                                                            "update",
                                                            "user",
                                                            "using",
                                                            "waiting",
                                                            "with"});

// Severities, and keys that texts begin with: they open messages too, and are not names of programs.
constexpr auto kNeither = std::to_array<std::string_view>(
    {"alert",  "crit",     "critical", "debug",       "emerg",         "emergency", "err",    "error",
     "fatal",  "from",     "info",     "information", "informational", "message",   "notice", "panic",
     "severe", "severity", "trace",    "verbose",     "warn",          "warning"});

constexpr auto kWords = [] {
  std::array<text::WordTable::Word, kOpenings.size() + kNeither.size()> words{};
  std::size_t at = 0;
  for (const std::string_view word : kOpenings) words[at++] = {word, kNoHost};
  for (const std::string_view word : kNeither) words[at++] = {word, kNoHost | kNoProgram};
  return words;
}();
constexpr text::WordTable kWordTable{kWords};

constexpr auto kFacilityNames = std::to_array<std::string_view>(
    {"kern",   "user",   "mail",   "daemon", "auth",   "syslog",   "lpr",    "news",   "uucp",
     "cron",   "clock",  "ftp",    "ntp",    "audit",  "authpriv", "local0", "local1", "local2",
     "local3", "local4", "local5", "local6", "local7", "security", "console"});
constexpr auto kFacilities = [] {
  std::array<text::WordTable::Word, kFacilityNames.size()> words{};
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = {kFacilityNames[i], 0};
  return words;
}();
constexpr text::WordTable kFacilityTable{kFacilities};

bool is_never(WordUse use, std::string_view word) {
  const std::size_t place = kWordTable.find(word);
  return place != text::WordTable::kNone && (kWordTable.value(place) & use) != 0;
}

// Names that devices have until somebody gives them another.
bool is_factory_name(std::string_view word) {
  constexpr std::array<std::string_view, 9> kNames{"localhost", "MikroTik", "OpenWrt",  "DiskStation", "HUAWEI",
                                                   "Sysname",   "pfSense",  "OPNsense", "raspberrypi"};
  return std::find(kNames.begin(), kNames.end(), word) != kNames.end();
}

bool is_ipv4(std::string_view word) {
  int dots = 0;
  std::size_t digits = 0;
  for (const char c : word) {
    if (c != '.' && !text::is_digit(c)) return false;
    digits = c == '.' ? 0 : digits + 1;
    if (c == '.') ++dots;
    if (digits > 3) return false;
  }
  return dots == 3 && text::is_digit(word.front()) && digits > 0;
}

constexpr bool is_hex(char c) { return text::is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Eight groups, or fewer with a "::" among them; a zone may follow a percent sign.
bool is_ipv6(std::string_view word) {
  word = word.substr(0, word.find('%'));
  if (word.rfind("::ffff:", 0) == 0 && is_ipv4(word.substr(7))) return true;
  int colons = 0;
  std::size_t digits = 0;
  for (const char c : word) {
    if (c != ':' && !is_hex(c)) return false;
    digits = c == ':' ? 0 : digits + 1;
    if (c == ':') ++colons;
    if (digits > 4) return false;
  }
  const bool shortened = word.find("::") != word.npos;
  return shortened ? colons >= 2 && colons <= 7 && word.size() > 2 : colons == 7 && digits > 0;
}

// "02:00:00:00:00:01"
bool is_mac(std::string_view word) {
  if (word.size() != 17) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (i % 3 == 2 ? word[i] != ':' : !is_hex(word[i])) return false;
  }
  return true;
}

// Reads "[pid]:" or, for digits alone, "[pid] ", and steps over the separators. `proven`: digits and a colon.
bool read_pid(text::TextCursor& cursor, std::string_view& pid, bool& proven) {
  text::TextCursor at = cursor;
  if (!at.eat('[')) return false;
  const std::string_view inside = at.rest().substr(0, kMaxPid + 1);
  std::size_t end = 0;
  while (end < inside.size() && text::is_digit(inside[end])) ++end;
  const std::size_t digits = end;
  while (end < inside.size() && inside[end] != ']' && inside[end] != ' ') ++end;
  if (end == inside.size() || inside[end] != ']') return false;
  const std::string_view found = at.take(end);
  at.eat(']');
  const bool number = digits > 0 && digits == end;
  const bool colon = at.eat(':');
  if (!colon && !(number && at.at_word_end())) return false;
  proven = number && colon && at.at_word_end();
  at.eat(' ');
  pid = found == "-" ? std::string_view() : found;  // RFC 5424's nil, in the older form
  cursor = at;
  return true;
}

// Reads a name that only "[digits]: " makes a tag.
bool read_proven_tag(text::TextCursor& cursor, std::string_view& app, std::string_view& pid) {
  text::TextCursor at = cursor;
  const Run run = run_of(kInProvenTag, at.rest(), kMaxProvenTag + 1);
  if (run.length == 0 || run.length > kMaxProvenTag || (run.seen & kIsLetter) == 0) return false;
  if ((class_of(at.peek()) & (kIsLetter | kIsDigit | kJoint)) == 0 && at.peek() != '/') return false;
  const std::string_view name = at.take(run.length);
  std::string_view number;
  bool proven = false;
  if (!read_pid(at, number, proven) || !proven) return false;
  pid = number;
  app = name;
  cursor = at;
  return true;
}

}  // namespace

HostShape host_shape(std::string_view word) {
  const Run run = run_of(kInHost, word, kMaxHost);
  if (word.empty() || run.length != word.size()) return HostShape::none;
  if (run.seen & kAddressing) {
    if (is_ipv6(word)) return HostShape::strong;
    if (is_mac(word)) return HostShape::weak;
    const std::size_t slash = word.find('/');  // F5's "slot1/bigip1"
    const bool path = slash != word.npos && slash > 0 && slash + 1 < word.size() && slash == word.rfind('/') &&
                      word.find_first_of(":%") == word.npos && (run.seen & kIsLetter) && (run.seen & kIsDigit);
    return path ? HostShape::strong : HostShape::none;
  }
  if (run.seen & kAt) {  // Dell Unity's "name@serial"; or somebody's address
    const std::size_t at = word.find('@');
    const bool named = at > 0 && at + 1 < word.size() && at == word.rfind('@') && (run.seen & kIsLetter);
    return named ? HostShape::weak : HostShape::none;
  }
  if (!(run.seen & kIsLetter)) return is_ipv4(word) ? HostShape::strong : HostShape::none;
  if (class_of(word.front()) & kJoint && word.front() != '_') return HostShape::none;
  const std::string_view inner = word.substr(0, word.size() - 1);
  if (class_of(word.back()) & kJoint && word.back() != '_' && inner.find('.') == inner.npos) return HostShape::none;
  if (run.seen & kJoint) return is_level(word) ? HostShape::none : HostShape::strong;  // "user.info"
  if (run.seen & kIsDigit) return HostShape::strong;
  if (is_factory_name(word)) return HostShape::strong;
  if (is_common_zone(word)) return HostShape::none;
  return is_never(kNoHost, word) ? HostShape::opening : HostShape::weak;
}

std::string_view peek_host_word(const text::TextCursor& cursor) {
  const std::string_view text = cursor.rest();
  const Run run = run_of(kInHost, text, kMaxHost);
  if (run.length == 0 || run.length == text.size() || text[run.length] != ' ') return {};
  return text.substr(0, run.length);
}

bool follows_a_host(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (text.empty()) return false;
  for (const std::string_view opening : {"last message repeated ", "message repeated ", "above message repeats ", "-- ",
                                         "--- ", "- - ", "{", "[", "<", "\"", "%"}) {
    if (text.starts_with(opening)) return true;
  }
  text::TextCursor header(text);  // a second header: a relay has put its own before it
  std::optional<PacketTime> ignored;
  if (read_header_time(header, PacketTime{}, ignored)) return true;
  text::TextCursor cursor(text);
  const std::string_view word = take_word(cursor);
  if (word.empty() || word.size() > kMaxTag) return true;
  if (word.find_first_of("=|\t") != word.npos || word.substr(0, word.size() - 1).find(',') != word.npos) return true;
  // "apache_error [client 192.0.2.1] ..."
  return word.find('_') != word.npos && (cursor.rest().starts_with(" [") || cursor.rest().starts_with(" {"));
}

bool is_level(std::string_view word) {
  const std::size_t facility_end = std::min(word.find('.'), word.find(':'));
  if (facility_end != word.npos) {
    const std::string_view facility = word.substr(0, std::min(facility_end, word.find('|')));
    if (kFacilityTable.find(facility) == text::WordTable::kNone) return false;
    word.remove_prefix(facility_end + 1);
  }
  constexpr std::size_t kLongestSeverity = 13;
  return !word.empty() && word.size() <= kLongestSeverity && text::is_letter(word.back()) &&
         record::value::read_severity_word(word);
}

bool read_tag(text::TextCursor& cursor, std::string_view& app, std::string_view& pid) {
  text::TextCursor at = cursor;
  const Run run = run_of(kInTag, at.rest(), kMaxTag);
  const std::string_view name = at.take(run.length);
  if (at.peek() == '[' && (run.seen & kIsLetter)) {
    bool proven = false;
    if (!read_pid(at, pid, proven)) return false;
  } else {
    const bool goes_on = class_of(at.peek()) & kInProvenTag || run.length == kMaxTag;
    const bool ends = at.eat(':') && at.at_word_end();
    if (!ends || !(run.seen & kIsLetter)) return goes_on && read_proven_tag(cursor, app, pid);
    if (!(run.seen & (kIsDigit | kJoint)) && is_never(kNoProgram, name)) return false;
    at.eat(' ');
  }
  app = name;
  cursor = at;
  return true;
}

}  // namespace logsniffd::record::syslog
