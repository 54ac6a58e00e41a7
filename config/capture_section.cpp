#include <array>

#include "config/bounds.hpp"
#include "config/keys.hpp"
#include "config/sections.hpp"

namespace logsniffd::config {
namespace {

constexpr std::size_t kMaxInterfaceName = 64;  // a name has at most 15 bytes (IFNAMSIZ), but a glob may be longer

void read_interfaces(const Value& value, Capture& capture) {
  capture.interfaces_mark = value.key_mark();
  std::vector<std::string> names;
  for (const Value& item : value.items()) {
    const auto name = item.text();
    if (!name) continue;
    if (name->empty() || name->size() > kMaxInterfaceName || name->find_first_of("/ \t\r\n") != std::string::npos) {
      item.fail(quoted(*name) +
                " is not a valid interface name; use a name such as eth0, a glob such as 'eth*', or any");
      continue;
    }
    names.push_back(*name);
  }
  if (value.is_empty() && !value.is_null()) return value.fail("lists no interfaces; use [any] for all");
  if (!names.empty()) capture.interfaces = std::move(names);
}

void read_snaplen(const Value& value, Capture& capture) {
  capture.snaplen_mark = value.key_mark();
  value.read_size(kSnaplen, capture.snaplen);
}

void read_workers(const Value& value, Capture& capture) {
  if (!value.is_plain("1")) refuse(value, capture);
}

constexpr std::array<Key<Capture>, 7> kKeys{{
    {"interfaces", read_interfaces},
    {"promiscuous", [](const Value& value, Capture& capture) { value.read_bool(capture.promiscuous); }},
    {"snaplen", read_snaplen},
    {"buffer", [](const Value& value, Capture& capture) { value.read_size(kBuffer, capture.buffer); }},
    {"latency", [](const Value& value, Capture& capture) { value.read_duration(kLatency, capture.latency); }},
    {"workers", read_workers, false},
    {"tunnels", refuse_unless_empty<Capture>, false},
}};

}  // namespace

void read_capture(const Value& value, Capture& capture) { read_keys(value, kKeys, capture); }

}  // namespace logsniffd::config
