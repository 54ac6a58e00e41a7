#include "config/record_keys.hpp"

#include <array>
#include <string>

#include "config/bounds.hpp"
#include "config/expression.hpp"
#include "config/keys.hpp"

namespace logsniffd::config {
namespace {

using framing::FramingOptions;
using framing::JoinMode;
using framing::Method;

void read_method(const Value& value, FramingOptions& framing) { value.read_choice(framing::kMethods, framing.method); }

void read_delimiter(const Value& value, FramingOptions& framing) {
  const auto text = value.text();
  if (!text) return;
  if (text->size() != 1)
    return value.fail(quoted(*text) + " is not a single byte; use one, such as \"\\x1e\" in double quotes");
  framing.delimiter = static_cast<std::uint8_t>(text->front());
}

void read_length_bytes(const Value& value, FramingOptions& framing) {
  const auto bytes = value.number();
  if (!bytes) return;
  if (*bytes != 2 && *bytes != 4)
    return value.fail(std::to_string(*bytes) + " is not a size that a length can have; use 2 or 4");
  framing.length.bytes = static_cast<std::uint8_t>(*bytes);
}

void read_order(const Value& value, FramingOptions& framing) {
  value.read_choice(framing::kByteOrders, framing.length.order);
}

constexpr std::array<Key<FramingOptions>, 5> kFramingKeys{{
    {"method", read_method},
    {"delimiter", read_delimiter},
    {"bytes", read_length_bytes},
    {"order", read_order},
    {"split", [](const Value& value, FramingOptions& framing) { value.read_bool(framing.split_lines); }},
}};

// The method that each detail belongs to.
struct Detail {
  std::string_view key;
  Method method;
  std::string_view method_word;
};
constexpr std::array<Detail, 4> kDetails{{{"delimiter", Method::lines, "lines"},
                                          {"bytes", Method::length, "length"},
                                          {"order", Method::length, "length"},
                                          {"split", Method::datagram, "datagram"}}};

void read_start(const Value& value, Multiline& multiline) {
  const auto text = value.text();
  if (!text) return;
  if (const Status valid = check_expression(*text); !valid) value.fail(valid.error().message());
  multiline.mode = JoinMode::start;
  multiline.start = *text;
}

// `indent: true` or `traceback: true`; false sets nothing.
void read_switch(const Value& value, Multiline& multiline, JoinMode mode) {
  bool on = false;
  value.read_bool(on);
  if (on) multiline.mode = mode;
}

constexpr std::array<Key<Multiline>, 4> kMultilineKeys{{
    {"start", read_start},
    {"indent", [](const Value& value, Multiline& out) { read_switch(value, out, JoinMode::indent); }},
    {"traceback", [](const Value& value, Multiline& out) { read_switch(value, out, JoinMode::traceback); }},
    {"timeout", [](const Value& value, Multiline& out) { value.read_duration(kMultilineTimeout, out.timeout); }},
}};

}  // namespace

void read_framing(const Value& value, FramingOptions& framing) {
  if (!value.is_mapping()) return read_method(value, framing);
  read_keys(value, kFramingKeys, framing);
  if (!value.find("method")) return value.fail_missing("method", "is missing; use lines, length or datagram");
  for (const Detail& detail : kDetails) {
    const auto given = value.find(detail.key);
    if (given && framing.method != detail.method) {
      given->fail_key("is only for method: " + std::string(detail.method_word) + "; remove it");
    }
  }
}

void read_multiline(const Value& value, Multiline& multiline) {
  if (!value.is_mapping()) {
    constexpr std::array<std::string_view, 1> kWords{"traceback"};
    if (value.choice(kWords)) multiline.mode = JoinMode::traceback;
    return;
  }
  read_keys(value, kMultilineKeys, multiline);
  int rules = 0;
  for (const std::string_view key : words_of(framing::kJoinModes)) rules += value.find(key) ? 1 : 0;
  if (rules == 0) value.fail("does not say how lines are joined; use start, indent or traceback");
  if (rules > 1) value.fail("has more than one of start, indent and traceback; keep one of them");
}

}  // namespace logsniffd::config
