#include "daemon/record/syslog/header_shape.hpp"

#include <array>
#include <span>

#include "daemon/record/syslog/header_step.hpp"
#include "daemon/record/syslog/mnemonic.hpp"

namespace logsniffd::record::syslog {
namespace {

using Reader = bool (*)(HeaderDraft&);

struct Step {
  Reader read = nullptr;  // null after the last step
  bool needed = false;
};

constexpr Step need(Reader read) { return {read, true}; }
constexpr Step may(Reader read) { return {read, false}; }

// What a shape can begin with. The first character rules out most shapes for most texts.
enum Begin : unsigned {
  kLetter = 1,
  kDigit = 2,
  kBracket = 4,  // one of "[(<"
  kOther = 8,
  kAlphanumeric = kLetter | kDigit,
  kAny = kAlphanumeric | kBracket | kOther,
};

Begin begin_of(char c) {
  if (text::is_letter(c)) return kLetter;
  if (text::is_digit(c)) return kDigit;
  return c == '[' || c == '(' || c == '<' ? kBracket : kOther;
}

struct Shape {
  std::string_view senders;
  unsigned begins;
  std::array<Step, 9> steps;
};

// Shapes with a percent sign before the name of their message.
constexpr Shape kNamed[] = {
    // <189>123: router1: *Mar  1 18:46:11.123 UTC: %SYS-5-CONFIG_I: text
    // <166>Oct 11 2026 22:14:15 asa1 : %ASA-6-302014: text
    // <134>wlc1: *spamApTask0: Oct 11 22:14:15.778: %CAPWAP-3-ERR: text
    {"Cisco IOS, IOS XE, NX-OS, ASA, FTD, AireOS, UCM, UCS",
     kAny,
     {may(step::sequence), may(step::origin), may(step::sequence), may(step::task), may(step::device_time),
      may(step::device_id), may(step::star), need(step::mnemonic)}},
    // <189>5007736: router1 RP/0/RSP1/CPU0:Oct 11 22:14:15.971 UTC: SSHD_[65651]: %SECURITY-SSHD-6-INFO : text
    {"Cisco IOS XR",
     kAlphanumeric,
     {may(step::sequence), may(step::origin), may(step::host), need(step::node), need(step::device_time),
      need(step::tag), need(step::mnemonic)}},
    // <181>Oct 11 22:14:15 leaf1 Ebra: %LINEPROTO-5-UPDOWN: text
    {"Arista EOS, Cisco SD-WAN",
     kAlphanumeric,
     {need(step::time), may(step::zone), may(step::host), need(step::tag), may(step::sequence), need(step::mnemonic)}},
    {"Arista EOS without a host",
     kAlphanumeric,
     {need(step::time), may(step::zone), need(step::tag), may(step::sequence), need(step::mnemonic)}},
    // <189>Oct 11 2026 22:14:15 sw1 %%01IFNET/4/IF_STATE(l)[7]:text
    {"Huawei VRP, H3C and HPE Comware",
     kAlphanumeric,
     {need(step::time), need(step::host), may(step::unit), need(step::module_mnemonic)}},
    {"Huawei VRP, time of another form",
     kDigit,
     {need(step::spaced_time), need(step::host), may(step::unit), need(step::module_mnemonic)}},
    {"Huawei VRP without a time", kAny, {may(step::host), need(step::module_mnemonic)}},
};

// After a time.
constexpr Shape kBehindTime[] = {
    // Message forwarded from aix1: sshd[12]: text
    {"syslogd of AIX and of BSD, as relays", kLetter, {need(step::forwarded), may(step::level), may(step::tag)}},
    // U7PG2,0200000000aa,v4.3.28: hostapd: text
    {"Ubiquiti UniFi", kAlphanumeric | kBracket, {need(step::station), may(step::tag)}},
    // user.info cms1 authp: text
    {"Cisco Meeting Server", kLetter | kBracket, {need(step::level), need(step::host), need(step::tag)}},
    // [node1:cifs.server.errorMsg:error]: text
    {"NetApp ONTAP", kBracket, {need(step::event)}},
    // 00179 mgr:  SME SSH from 192.0.2.7 - MANAGER Mode
    {"HPE ProCurve and ArubaOS-Switch", kDigit, {need(step::event_number), need(step::tag)}},
    // 1 1379988354.989337248 MX84 events text
    {"Cisco Meraki behind a relay", kDigit, {may(step::version), need(step::fine_epoch), need(step::host)}},
    // [192.0.2.1] ZscalerNSS: text
    {"Zscaler NSS", kBracket, {need(step::bracketed_host), need(step::tag)}},
};

// After a time and a host.
constexpr Shape kBehindHost[] = {
    // 1 1379988354.989337248 MX84 events text
    {"Cisco Meraki behind a relay", kDigit, {may(step::version), need(step::fine_epoch), need(step::host)}},
    // notice mcpd[6760]: text
    {"F5 BIG-IP, AIX", kLetter | kBracket, {need(step::level), need(step::tag)}},
    // 0200000000aa,U7-Pro-8.6.11: hostapd[6885]: text
    {"Ubiquiti UniFi", kAlphanumeric | kBracket, {need(step::station), may(step::tag)}},
    {"NetApp ONTAP", kBracket, {need(step::event)}},
    {"HPE ProCurve and ArubaOS-Switch", kDigit, {need(step::event_number), need(step::tag)}},
    // (2026-10-11T20:14:15) firewall: msg_id="3000-0148" text
    {"WatchGuard", kBracket, {need(step::stamp), need(step::tag)}},
    // vectra_cef -: CEF:0|...
    {"Vectra", kLetter, {need(step::dashed_tag)}},
    // OPSWATPC CEF:0|...
    {"OPSWAT and others with CEF", kLetter, {need(step::program_of_event)}},
};

// Without a time that RFC 3164 knows.
constexpr Shape kBare[] = {
    // 1 1379988354.989337248 MX84 events text
    {"Cisco Meraki", kDigit, {need(step::version), need(step::epoch), need(step::host)}},
    {"Cisco Meraki without a version", kDigit, {need(step::fine_epoch), need(step::host)}},
    // 0200000000aa,U7-Pro-8.6.11: hostapd[6885]: text
    {"Ubiquiti UniFi", kAlphanumeric | kBracket, {need(step::station), need(step::tag)}},
    // 10/11/2026:22:14:15 GMT ns1 0-PPE-0 : text
    {"Citrix NetScaler", kDigit, {need(step::slashed_time), need(step::engine)}},
    {"Citrix NetScaler with a host", kDigit, {need(step::slashed_time), need(step::host), need(step::engine)}},
    // date=2026-10-11 time=22:14:15 devname="FG100" logid="0001000014"
    {"Fortinet, Sophos XG, SonicWall", kLetter, {need(step::named_host)}},
    // ns204: NetScreen device_id=ns204  [Root]system-notification-00257(traffic): text
    {"Juniper NetScreen", kAlphanumeric, {need(step::origin), need(step::netscreen)}},
};

bool matches(const Shape& shape, HeaderDraft& draft) {
  for (const Step& step : shape.steps) {
    if (step.read == nullptr) break;
    if (!step.read(draft) && step.needed) return false;
  }
  return true;
}

bool match_any(std::span<const Shape> shapes, HeaderDraft& draft) {
  const Begin begin = begin_of(draft.at.peek());
  for (const Shape& shape : shapes) {
    if (!(shape.begins & begin)) continue;
    HeaderDraft attempt = draft;
    if (!matches(shape, attempt)) continue;
    draft = attempt;
    return true;
  }
  return false;
}

// The first percent sign is followed by a message's name; AireOS 8 has "#" in its place.
bool holds_a_name(std::string_view text) {
  constexpr std::size_t kHeaderAtMost = 400;
  const std::string_view header = text.substr(0, kHeaderAtMost);
  std::size_t percent = header.find('%');
  if (percent == text.npos) percent = header.find('#');
  if (percent == text.npos) return false;
  text::TextCursor module(text.substr(percent));
  text::TextCursor cursor = module;
  return read_mnemonic(cursor) || read_module_mnemonic(module);
}

// Shapes with a name are tried at the front, and after the time and host of a relay.
bool match_any(HeaderDraft& draft, const std::optional<text::TextCursor>& behind_time, std::optional<PacketTime> sent) {
  const bool named = holds_a_name(draft.at.rest());
  if (named && match_any(kNamed, draft)) return true;
  if (!behind_time) return match_any(kBare, draft);
  HeaderDraft behind = draft;
  behind.at = *behind_time;
  behind.sent = sent;
  bool found = match_any(kBehindTime, behind) || (named && match_any(kNamed, behind));
  if (!found && step::host(behind)) {
    found = match_any(kBehindHost, behind);
    if (!found && named) {
      step::level(behind);
      found = match_any(kNamed, behind);
    }
  }
  if (found) draft = behind;
  return found;
}

}  // namespace

bool read_header_shape(std::string_view text, const std::optional<text::TextCursor>& behind_time,
                       std::optional<PacketTime> sent, LogRecord& record, std::vector<Field>& fields) {
  HeaderDraft draft{text::TextCursor(text), record.captured_at, {}, {}, {}, {}, {}, {}};
  draft.at.eat(' ');
  draft.at.eat(' ');
  if (!match_any(draft, behind_time, sent)) return false;
  record.sent = draft.sent;
  record.host = draft.host;
  record.app = draft.app;
  record.pid = draft.pid;
  record.msgid = draft.msgid;
  record.message = draft.at.rest();
  if (!draft.detail.name.empty()) {
    fields.push_back(draft.detail);
    record.fields = fields;
  }
  return true;
}

}  // namespace logsniffd::record::syslog
