// Syslog severities and facilities (RFC 5424, 6.2.1) and their keywords, the same wherever they are written.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace logsniffd::record {

enum class Severity : std::uint8_t { emerg, alert, crit, err, warning, notice, info, debug };

inline constexpr std::array<std::string_view, 8> kSeverityNames{"emerg",   "alert",  "crit", "err",
                                                                "warning", "notice", "info", "debug"};
inline constexpr std::array<std::string_view, 24> kFacilityNames{
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};

inline std::string_view to_string(Severity severity) { return kSeverityNames[static_cast<std::size_t>(severity)]; }
std::optional<Severity> parse_severity(std::string_view keyword);  // the eight keywords, exactly

}  // namespace logsniffd::record
