#include "daemon/learn/text_protocol.hpp"

#include <algorithm>
#include <array>

namespace logsniffd::learn {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

constexpr auto kRequests = std::to_array<std::string_view>(
    {"GET ",      "POST ",     "PUT ",      "HEAD ",     "DELETE ",  "OPTIONS ", "PATCH ",  "CONNECT ",  "TRACE ",
     "NOTIFY ",   "M-SEARCH ", "PROPFIND ", "INVITE ",   "ACK ",     "BYE ",     "CANCEL ", "REGISTER ", "SUBSCRIBE ",
     "DESCRIBE ", "SETUP ",    "PLAY ",     "TEARDOWN ", "MESSAGE ", "PUBLISH ", "INFO "});

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view digits_at(std::string_view text) {
  return text.substr(0, static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin()));
}

std::string_view first_line(std::string_view text) {
  std::string_view line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A request line ends with the version; a line of an access log has more behind it. The line may be longer than the
// first segment: then a method and a target have to do.
Protocol request_or_response(std::string_view text) {
  if (text.starts_with("HTTP/1.") || text.starts_with("PRI * HTTP/2.0\r\n")) return Protocol::http;
  if (text.starts_with("SIP/2.0 ") || text.starts_with("RTSP/1.0 ")) return Protocol::sip;
  const auto method =
      std::find_if(kRequests.begin(), kRequests.end(), [text](auto word) { return text.starts_with(word); });
  if (method == kRequests.end()) return Protocol::unknown;
  const std::string_view line = first_line(text);
  if (line.ends_with(" HTTP/1.1") || line.ends_with(" HTTP/1.0")) return Protocol::http;
  if (line.ends_with(" SIP/2.0") || line.ends_with(" RTSP/1.0")) return Protocol::sip;
  const std::string_view target = text.substr(method->size());
  const bool cut = line.size() == text.size() && line.size() > 1000 && target.find(' ') == kNowhere;
  return cut && (target.starts_with('/') || target.starts_with("http")) ? Protocol::http : Protocol::unknown;
}

// RFC 5321, RFC 1939, RFC 9051, RFC 959.
Protocol mail_or_ftp(std::string_view text, bool from_server) {
  const std::string_view line = first_line(text);
  const bool crlf = line.size() + 1 < text.size() && text[line.size()] == '\r';
  if (!crlf) return Protocol::unknown;
  if (!from_server) {
    for (const auto word : {"EHLO ", "HELO ", "MAIL FROM:", "RCPT TO:"})
      if (line.starts_with(word)) return Protocol::mail;
    return line.starts_with("USER ") && line.find(' ', 5) == kNowhere ? Protocol::ftp : Protocol::unknown;
  }
  if (line.starts_with("220 ") || line.starts_with("220-"))
    return line.find("SMTP") != kNowhere ? Protocol::mail : Protocol::ftp;
  if (line.starts_with("+OK ") || line.starts_with("* OK ") || line.starts_with("* PREAUTH ")) return Protocol::mail;
  return Protocol::unknown;
}

// RESP: "*3\r\n$3\r\nSET", and the answers "+OK", "$5", ":1", "*2", "-ERR ...".
bool is_redis(std::string_view text, bool from_server) {
  const std::size_t end = text.find("\r\n");
  if (end == kNowhere || end < 2) return false;
  const std::string_view line = text.substr(1, end - 1);
  const bool number = digits_at(line).size() == line.size() || line == "-1";
  if (text[0] == '*' && number) return from_server || text.substr(end + 2).starts_with('$');
  if (!from_server) return false;
  return ((text[0] == '$' || text[0] == ':') && number) || line == "OK" || line == "PONG" ||
         text.starts_with("-ERR ") || text.starts_with("-NOAUTH ");
}

bool is_metric_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-' ||
           c == ';' || c == '=' || c == '/';
  });
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
  });
}

// What stands behind the bar of "name:1|c", "name:1|c|@0.1|#tag:a". CEF and LEEF have other words there.
bool is_metric_type(std::string_view text) {
  const std::string_view type = text.substr(0, text.find('|'));
  const std::string_view more = text.substr(type.size());
  const bool known =
      type == "c" || type == "g" || type == "ms" || type == "h" || type == "s" || type == "d" || type == "m";
  return known && (more.empty() || more.starts_with("|@") || more.starts_with("|#") || more.starts_with("|c:") ||
                   more.starts_with("|T"));
}

// "name:1|c" of StatsD, "name 1.5 1700000000" of Graphite.
bool is_metric(std::string_view text) {
  const std::string_view line = first_line(text);
  if (const std::size_t colon = line.find(':'); colon != kNowhere) {
    const std::size_t bar = line.find('|', colon);
    return bar != kNowhere && is_metric_name(line.substr(0, colon)) &&
           is_number(line.substr(colon + 1, bar - colon - 1)) && is_metric_type(line.substr(bar + 1));
  }
  const std::size_t value = line.find(' ');
  const std::size_t time = value == kNowhere ? kNowhere : line.find(' ', value + 1);
  if (time == kNowhere) return false;
  const std::string_view seconds = line.substr(time + 1);
  return is_metric_name(line.substr(0, value)) && line.substr(0, value).find('.') != kNowhere &&
         is_number(line.substr(value + 1, time - value - 1)) && seconds.size() >= 10 &&
         digits_at(seconds).size() == seconds.size();
}

// "TXNR SP COMMAND SP DATALEN", and its answer "TXNR rsp".
bool is_relp(std::string_view text) {
  const std::string_view number = digits_at(text);
  if (number.empty() || number.size() > 9) return false;
  const std::string_view rest = text.substr(number.size());
  return rest.starts_with(" open ") || rest.starts_with(" syslog ") || rest.starts_with(" rsp ");
}

bool is_soap(std::string_view text) {
  constexpr std::size_t kLookedAt = 512;
  return text.starts_with("<?xml") && text.substr(0, kLookedAt).find("nvelope") != kNowhere;
}

}  // namespace

Protocol recognize_text(std::string_view text, const Opening& opening) {
  if (text.starts_with("SSH-")) return Protocol::ssh;
  if (const Protocol found = request_or_response(text); found != Protocol::unknown) return found;
  if (is_soap(text)) return Protocol::soap;
  if (is_metric(text)) return Protocol::metrics;
  if (opening.transport == Transport::udp) return Protocol::unknown;
  if (const Protocol found = mail_or_ftp(text, opening.from_server); found != Protocol::unknown) return found;
  if (is_redis(text, opening.from_server)) return Protocol::redis;
  if (is_relp(text)) return Protocol::relp;
  return Protocol::unknown;
}

}  // namespace logsniffd::learn
