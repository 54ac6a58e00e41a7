// The keys of a section as one table: a name, and how its value is read.
//
//   constexpr std::array<Key<Limits>, 7> kLimits{{
//       {"idle", [](const Value& value, Limits& limits) { value.read_duration(kIdle, limits.idle); }}, ...
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/value.hpp"

namespace logsniffd::config {

template <class Section>
struct Key {
  std::string_view name;
  void (*read)(const Value& value, Section& section);
  bool offered = true;  // false: known, but not supported by this version, and so not named in messages
};

// For keys that this version knows only by name.
template <class Section>
void refuse(const Value& value, Section&) {
  value.fail_key(std::string(kNotSupported) + "; remove the key");
}

// As refuse(), but accepts a value that turns the feature off ('', [], or nothing).
template <class Section>
void refuse_unless_empty(const Value& value, Section& section) {
  if (!value.is_empty()) refuse(value, section);
}

// Reports "unknown key (did you mean 'port'?)", or the keys that exist.
void report_unknown(const Value& value, std::span<const std::string_view> known);

// Reads each key of `mapping` by its table, in the order of the file.
template <class Section, std::size_t N>
void read_keys(const Value& mapping, const std::array<Key<Section>, N>& keys, Section& section) {
  for (const Value& value : mapping.members()) {
    const Key<Section>* known = nullptr;
    for (const Key<Section>& key : keys) {
      if (key.name == value.name()) known = &key;
    }
    if (known != nullptr) {
      known->read(value, section);
      continue;
    }
    std::vector<std::string_view> offered;
    for (const Key<Section>& key : keys) {
      if (key.offered) offered.push_back(key.name);
    }
    report_unknown(value, offered);
  }
}

}  // namespace logsniffd::config
