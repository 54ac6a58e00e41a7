// The pieces that device headers are made of. header_shape.cpp has the table of shapes.
//
// Each step reads one piece at the front of `draft.at` and notes what it says, or returns false and leaves the draft as
// it was.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/record/log_record.hpp"
#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::syslog {

// What has been read of a header. An empty member has not been found in it.
struct HeaderDraft {
  text::TextCursor at;
  PacketTime captured_at;
  std::optional<PacketTime> sent;
  std::string_view host;
  std::string_view app;
  std::string_view pid;
  std::string_view msgid;
  Field detail;  // what else the header says of the device; its name is empty if it says nothing
};

namespace step {

// Times, with the colon that may follow them. A time without an instant leaves a relay's time in the draft.
bool time(HeaderDraft& draft);         // what read_header_time reads
bool device_time(HeaderDraft& draft);  // what read_device_time reads
bool spaced_time(HeaderDraft& draft);
bool slashed_time(HeaderDraft& draft);
bool epoch(HeaderDraft& draft);
bool fine_epoch(HeaderDraft& draft);  // with a fraction
bool zone(HeaderDraft& draft);        // "CEST "
bool version(HeaderDraft& draft);     // "1 ", RFC 5424's

// Hosts.
bool host(HeaderDraft& draft);            // a word that can be one
bool origin(HeaderDraft& draft);          // "router1: "; if not a host ("AP:0200.0000.0001: "), a detail
bool device_id(HeaderDraft& draft);       // "asa1 : " or "asa1: " before a mnemonic
bool forwarded(HeaderDraft& draft);       // "Message forwarded from aix1: ", "From aix1: "
bool bracketed_host(HeaderDraft& draft);  // "[192.0.2.1] "
bool named_host(HeaderDraft& draft);      // a key names it: "date=... devname=FG100"; nothing is stepped over

// Applications.
bool tag(HeaderDraft& draft);               // "app[pid]: "
bool dashed_tag(HeaderDraft& draft);        // "app -: ", for a process without a number
bool program_of_event(HeaderDraft& draft);  // "app " before CEF or LEEF, after a strong host
bool task(HeaderDraft& draft);              // "*spamApTask0: "

// Names of messages.
bool mnemonic(HeaderDraft& draft);
bool module_mnemonic(HeaderDraft& draft);
bool star(HeaderDraft& draft);          // "*" before a mnemonic
bool event(HeaderDraft& draft);         // "[node1:cifs.server.errorMsg:error]: "
bool event_number(HeaderDraft& draft);  // "00179 "

// Everything else.
bool level(HeaderDraft& draft);      // "notice ", "auth|security:info ", "<auth.info> "
bool sequence(HeaderDraft& draft);   // "123: ", or its colon alone
bool node(HeaderDraft& draft);       // "RP/0/RSP0/CPU0:", a detail
bool unit(HeaderDraft& draft);       // "(Stack) "
bool stamp(HeaderDraft& draft);      // "(2026-10-11T20:14:15) "
bool station(HeaderDraft& draft);    // "0200000000aa,U7-Pro-8.6.11: ": address, model and version; a detail
bool engine(HeaderDraft& draft);     // "0-PPE-0 : " comes next, and is part of the message
bool netscreen(HeaderDraft& draft);  // NetScreen's text comes next

}  // namespace step
}  // namespace logsniffd::record::syslog
