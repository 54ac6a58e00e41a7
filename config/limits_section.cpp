#include <fmt/format.h>

#include <array>

#include "config/bounds.hpp"
#include "config/keys.hpp"
#include "config/sections.hpp"
#include "daemon/base/quantity.hpp"

namespace logsniffd::config {
namespace {

constexpr std::array<Key<Limits>, 7> kKeys{{
    {"connections", [](const Value& value, Limits& limits) { value.read_count(kConnections, limits.connections); }},
    {"idle", [](const Value& value, Limits& limits) { value.read_duration(kIdle, limits.idle); }},
    {"reassembly", [](const Value& value, Limits& limits) { value.read_size(kReassembly, limits.reassembly); }},
    {"per_connection",
     [](const Value& value, Limits& limits) { value.read_size(kPerConnection, limits.per_connection); }},
    {"hole_wait", [](const Value& value, Limits& limits) { value.read_duration(kHoleWait, limits.hole_wait); }},
    {"fragments", [](const Value& value, Limits& limits) { value.read_size(kFragments, limits.fragments); }},
    {"record", [](const Value& value, Limits& limits) { value.read_size(kRecord, limits.record); }},
}};

}  // namespace

void read_limits(const Value& value, Limits& limits) {
  read_keys(value, kKeys, limits);
  if (limits.per_connection <= limits.reassembly) return;
  // At least one of the two is in the file, because the defaults agree.
  auto culprit = value.find("per_connection");
  if (!culprit) culprit = value.find("reassembly");
  if (!culprit) return;
  culprit->fail(
      fmt::format("per_connection ({}) is larger than reassembly ({}), the limit for all connections; raise reassembly",
                  format_size(limits.per_connection), format_size(limits.reassembly)));
}

}  // namespace logsniffd::config
