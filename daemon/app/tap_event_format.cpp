#include "daemon/app/tap_event_format.hpp"

#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>

#include "daemon/text/escape.hpp"

namespace logsniffd::app {
namespace {

using record_path::TapEvent;
using Json = nlohmann::ordered_json;

std::string what_happened(const TapEvent& event) {
  switch (event.kind) {
    case TapEvent::Kind::packet:
      return fmt::format("{} bytes, {}{}{}", event.bytes, event.verdict, event.reason.empty() ? "" : ": ",
                         event.reason);
    case TapEvent::Kind::opened:
      return fmt::format("opened: {}", event.reason);
    case TapEvent::Kind::bytes:
      return fmt::format("{} bytes at {}", event.bytes, event.offset);
    case TapEvent::Kind::gap:
      return fmt::format("gap of {} bytes at {}", event.bytes, event.offset);
    case TapEvent::Kind::datagram:
      return fmt::format("datagram of {} bytes{}{}", event.bytes, event.reason.empty() ? "" : ", ", event.reason);
    case TapEvent::Kind::end:
      break;
  }
  return fmt::format("end at {}: {}", event.offset, event.reason);
}

bool has_bytes(TapEvent::Kind kind) { return kind != TapEvent::Kind::opened && kind != TapEvent::Kind::end; }
bool has_offset(TapEvent::Kind kind) {
  return kind == TapEvent::Kind::bytes || kind == TapEvent::Kind::gap || kind == TapEvent::Kind::end;
}

Json to_json(const Endpoint& end) { return {{"addr", end.address.to_string()}, {"port", end.port}}; }

}  // namespace

Expected<TapEventFormat> TapEventFormat::compile(std::string_view format) {
  if (format == "json") return TapEventFormat(true, format::TimeFormat::rfc3339());
  if (format == "text") return TapEventFormat(false, *format::TimeFormat::compile("%H:%M:%S.%f"));
  return fail(Error::usage(fmt::format("the format of packets and streams is text or json, not '{}'", format)));
}

void TapEventFormat::append(const record::LogRecord& origin, const TapEvent& event, std::string& out) const {
  const bool has_flow = format::has_flow(origin);
  if (!json_) {
    time_.append(origin.captured_at, out);
    out += ' ';
    text::append_escaped(origin.interface.empty() ? "-" : origin.interface, out);
    if (has_flow) {
      fmt::format_to(std::back_inserter(out), " {} {} > {}", to_string(origin.flow.transport),
                     origin.flow.src.to_string(), origin.flow.dst.to_string());
    }
    fmt::format_to(std::back_inserter(out), " {}", what_happened(event));
    return;
  }
  std::string time;
  time_.append(origin.captured_at, time);
  Json line{{"time", time}, {"event", record_path::kTapEventNames[static_cast<std::size_t>(event.kind)]}};
  if (!origin.interface.empty()) line["interface"] = origin.interface;
  if (has_flow) {
    line["protocol"] = to_string(origin.flow.transport);
    line["src"] = to_json(origin.flow.src);
    line["dst"] = to_json(origin.flow.dst);
  }
  if (has_bytes(event.kind)) line["bytes"] = event.bytes;
  if (has_offset(event.kind)) line["offset"] = event.offset;
  if (!event.verdict.empty()) line["verdict"] = event.verdict;
  if (!event.reason.empty()) line["reason"] = event.reason;
  out += line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace logsniffd::app
