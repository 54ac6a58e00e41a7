// The messages that the daemon logs about itself. Each has an identifier, under which the journal finds it (MESSAGE_ID) and
// its catalog explains it (systemd/logsniffd.catalog). An identifier keeps its meaning forever, and is never used again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace logsniffd::own_log {

enum class Event : std::uint8_t {
  started,
  stopped,
  sink_late,
  stop_incomplete,
  capture_ended,
  reloaded,
  reload_failed,
  configuration_problem,
  reopening,
  level_changed,
  interface_opened,
  interface_unavailable,
  kernel_dropped,
  clock_stepped,
  bytes_unread,
  sink_error,
  records_lost,
  records_unconfirmed,
  worker_stuck,
  control_unavailable,
  metrics_unavailable,
  ledger,
  suppressed,
};
inline constexpr std::size_t kEvents = static_cast<std::size_t>(Event::suppressed) + 1;

enum class Level : std::uint8_t { debug, info, warning, error };

struct EventKind {
  std::string_view name;  // LOGSNIFFD_EVENT
  std::string_view id;    // MESSAGE_ID, as journalctl writes it
  Level level;
  std::string_view fields;  // the names of its other fields, with a space between two
};

// In the order of Event.
inline constexpr std::array<EventKind, kEvents> kEventKinds{{
    {"started", "5fdd278a06064f2283db187c2b5489e4", Level::info, "LOGSNIFFD_CONFIG"},
    {"stopped", "5ce821eb84204345aa49eb39480191fe", Level::info, ""},
    {"sink_late", "361b698285d243899075cde92cb1a506", Level::warning, "LOGSNIFFD_SINK"},
    {"stop_incomplete", "5b1984d81f1f41adab3181df596b9181", Level::error, ""},
    {"capture_ended", "5884984ceca845638ab99351d9e3e0b4", Level::error, ""},
    {"reloaded", "4ef4af6cd05746c8894c36659bd25717", Level::info, "LOGSNIFFD_CONFIG"},
    {"reload_failed", "578f550d65ce4f3daaef5770d2c42cea", Level::error, "LOGSNIFFD_CONFIG"},
    {"configuration_problem", "52d99e98e42d47418997e3fe025798bf", Level::warning, "LOGSNIFFD_CONFIG"},
    {"reopening", "20a2cfef9b3a44f0915ad4bbcf617c38", Level::info, ""},
    {"level_changed", "8e86e084a1d248fcbfd73c199bf715da", Level::info, ""},
    {"interface_opened", "a4b9120edcb94d68abddfe46715560fd", Level::info, "LOGSNIFFD_INTERFACE"},
    {"interface_unavailable", "e3f3bccdfe164fdc88f4c4965da6cf46", Level::warning, "LOGSNIFFD_INTERFACE"},
    {"kernel_dropped", "ad3998af454d4921a0bfd97c9901104d", Level::warning, "LOGSNIFFD_COUNT"},
    {"clock_stepped", "35fc00914864477ea126bb64ecdbdf09", Level::warning, "LOGSNIFFD_COUNT"},
    {"bytes_unread", "acd8aa1e3ab6415fad092c7f6dc6fc6b", Level::warning, ""},
    {"sink_error", "e259ca551db34071b54c73f482d6bfca", Level::error, "LOGSNIFFD_SINK"},
    {"records_lost", "b7505c7587fe45069d8400566899bb6d", Level::warning, "LOGSNIFFD_COUNT LOGSNIFFD_SINK"},
    {"records_unconfirmed", "ddf34fdf342049c08859f5b8fd80b38c", Level::warning, "LOGSNIFFD_COUNT LOGSNIFFD_SINK"},
    {"worker_stuck", "b6fa26b44deb46b497dfe67f94d2b282", Level::error, "LOGSNIFFD_SINK"},
    {"control_unavailable", "1301cdaa48704b379d4d50b1a503fb57", Level::warning, "LOGSNIFFD_CONFIG"},
    {"metrics_unavailable", "9f92423f8db64c548b7d560bfef135c2", Level::warning, "LOGSNIFFD_CONFIG"},
    {"ledger", "3d635df4b78b4dff92e883d3c8e0910c", Level::debug, ""},
    {"suppressed", "02e5ee1da379452fa5e3b48f81d04ff1", Level::warning, "LOGSNIFFD_COUNT LOGSNIFFD_OF"},
}};

[[nodiscard]] constexpr const EventKind& kind_of(Event event) { return kEventKinds[static_cast<std::size_t>(event)]; }

}  // namespace logsniffd::own_log
