#include "config/template_fields.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "config/value.hpp"
#include "daemon/base/nearest.hpp"

namespace logsniffd::config {
namespace {

constexpr std::array<std::string_view, 19> kFields{
    "time",     "filter",   "protocol", "src", "src.addr", "src.port", "dst",  "dst.addr", "dst.port", "interface",
    "severity", "facility", "host",     "app", "pid",      "msgid",    "sent", "message",  "integrity"};
constexpr std::string_view kSenderField = "field.";  // {field.NAME}: whatever the sender called it

tl::unexpected<Error> refuse(std::string_view what, const std::string& why) {
  return fail(Error::usage(std::string(what) + ": " + why));
}

Status check_field(std::string_view body) {
  const std::string shown = "{" + std::string(body.substr(0, 64)) + "}";
  if (body.empty()) return refuse(shown, "names no field; use a field such as {message}, or {{ and }} for braces");
  if (body.starts_with(kSenderField)) {
    if (body.size() > kSenderField.size()) return {};
    return refuse(shown, "names no field of the sender; use {field.NAME}");
  }
  const std::size_t colon = body.find(':');
  const std::string_view name = body.substr(0, colon);
  if (std::find(kFields.begin(), kFields.end(), name) == kFields.end()) {
    const std::string hint = did_you_mean(name, kFields);
    return refuse(shown, "unknown field" + (hint.empty() ? "; use " + any_of(kFields) + ", or field.NAME" : hint));
  }
  if (colon == std::string_view::npos) return {};
  if (name != "time" && name != "sent") return refuse(shown, "takes no format behind ':'; only time and sent do");
  if (colon + 1 == body.size()) return refuse(shown, "has no format behind ':'; use such as {time:%H:%M:%S}");
  return {};
}

}  // namespace

Expected<std::size_t> count_template_fields(std::string_view text) {
  std::size_t fields = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    // A record is one line.
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) {
      return refuse("the template", "holds a line break or control character; remove it");
    }
    if (c != '{' && c != '}') continue;
    if (i + 1 < text.size() && text[i + 1] == c) {
      ++i;
      continue;
    }
    if (c == '}') return refuse("}", "closes no field; write }} for a brace");
    const std::size_t close = text.find_first_of("{}", i + 1);
    if (close == std::string_view::npos || text[close] == '{') {
      return refuse("{", "is never closed; write {{ for a brace");
    }
    if (Status field = check_field(text.substr(i + 1, close - i - 1)); !field) return fail(std::move(field.error()));
    ++fields;
    i = close;
  }
  return fields;
}

}  // namespace logsniffd::config
