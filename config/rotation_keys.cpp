#include "config/rotation_keys.hpp"

#include <fmt/format.h>

#include <array>

#include "config/bounds.hpp"
#include "config/keys.hpp"

namespace logsniffd::config {
namespace {

void read_size(const Value& value, sink::file::RotationOptions& rotation) {
  std::uint64_t size = 0;
  value.read_size(kRotateSize, size);
  if (size != 0) rotation.size = size;
}

void read_optional(const Value& value, Bounds<Duration> bounds, std::optional<Duration>& out) {
  Duration duration{};
  value.read_duration(bounds, duration);
  if (duration != Duration{}) out = duration;
}

void read_every(const Value& value, sink::file::RotationOptions& rotation) {
  read_optional(value, kRotateEvery, rotation.every);
}

void read_keep(const Value& value, sink::file::RotationOptions& rotation) {
  value.read_count(kRotateKeep, rotation.archive.keep);
}

void read_keep_for(const Value& value, sink::file::RotationOptions& rotation) {
  read_optional(value, kRotateKeepFor, rotation.archive.keep_for);
}

void read_compression(const Value& value, sink::file::RotationOptions& rotation) {
  value.read_choice(sink::file::kCompressions, rotation.archive.compression);
}

constexpr std::array<Key<sink::file::RotationOptions>, 5> kRotation{{{"size", read_size},
                                                                     {"every", read_every},
                                                                     {"keep", read_keep},
                                                                     {"keep_for", read_keep_for},
                                                                     {"compress", read_compression}}};

}  // namespace

void read_rotation(const Value& value, FileTarget& file) {
  if (!value.is_mapping()) return value.fail("this should be a mapping, such as {size: 100MiB, every: 1d, keep: 7}");
  sink::file::RotationOptions rotation;
  read_keys(value, kRotation, rotation);
  if (!value.find("size") && !value.find("every"))
    value.fail("does not say when to rotate; give it size, every, or both");
  // Without `keep` its default applies, and may delete files earlier than keep_for asks.
  if (value.find("keep_for") && !value.find("keep"))
    value.warn(fmt::format("keeps {} files at most, whatever keep_for says; set keep as well", rotation.archive.keep));
  file.rotation = rotation;
}

void read_sync(const Value& value, FileTarget& file) { value.read_choice(sink::file::kSyncPolicies, file.sync); }

}  // namespace logsniffd::config
