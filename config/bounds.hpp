// The minimum and maximum of each value; docs/configuration.md has the same table, and a test compares them.
//
// The maxima are what a reasonable machine can honour, so that a typo (64GiB for 64MiB) is found before memory
// runs out.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "config/model.hpp"
#include "config/value.hpp"

namespace logsniffd::config {

inline constexpr std::uint64_t kGiB = 1024 * kMiB;

inline constexpr std::size_t kMaxFilters = 64;  // one bit each
inline constexpr std::size_t kMaxSinks = 32;    // one bit of 64 each: a reload may need old and new sinks together
inline constexpr std::size_t kMaxName = 64;
inline constexpr std::size_t kMaxExpression = 4 * kKiB;
inline constexpr std::size_t kMaxTemplate = 4 * kKiB;
inline constexpr std::size_t kMaxHostName = 253;
inline constexpr std::size_t kMaxTag = 48;  // APP-NAME (RFC 5424, 6)

// libpcap silently treats more than 256 KiB as 256 KiB, and the kernel's ring is sized by an int.
inline constexpr Bounds<std::uint64_t> kSnaplen{64, 256 * kKiB};
inline constexpr Bounds<std::uint64_t> kBuffer{1 * kMiB, 1 * kGiB};
inline constexpr Bounds<Duration> kLatency{std::chrono::milliseconds(1), std::chrono::seconds(10)};

inline constexpr Bounds<std::uint64_t> kConnections{1, 10'000'000};
inline constexpr Bounds<Duration> kIdle{std::chrono::seconds(1), std::chrono::days(30)};
inline constexpr Bounds<std::uint64_t> kReassembly{64 * kKiB, 64 * kGiB};
inline constexpr Bounds<std::uint64_t> kPerConnection{4 * kKiB, 1 * kGiB};
inline constexpr Bounds<Duration> kHoleWait{std::chrono::milliseconds(1), std::chrono::minutes(10)};
inline constexpr Bounds<std::uint64_t> kFragments{64 * kKiB, 4 * kGiB};  // 64 KiB: one whole datagram
inline constexpr Bounds<std::uint64_t> kRecord{64, 16 * kMiB};

inline constexpr Bounds<Duration> kMultilineTimeout{std::chrono::milliseconds(1), std::chrono::hours(1)};

inline constexpr Bounds<std::uint64_t> kSampleOneIn{2, 1'000'000};
inline constexpr Bounds<Duration> kRepeat{std::chrono::seconds(1), std::chrono::hours(1)};
inline constexpr Bounds<std::uint64_t> kRateLimit{1, 1'000'000};
inline constexpr Bounds<std::uint64_t> kRateBurst{1, 1'000'000};

inline constexpr Bounds<std::uint64_t> kRotateSize{4 * kKiB, 1024 * kGiB};
inline constexpr Bounds<Duration> kRotateEvery{std::chrono::seconds(1), std::chrono::days(366)};
inline constexpr Bounds<std::uint64_t> kRotateKeep{1, 10'000};
inline constexpr Bounds<Duration> kRotateKeepFor{std::chrono::minutes(1), std::chrono::days(3660)};

inline constexpr Bounds<std::uint64_t> kQueue{64 * kKiB, 4 * kGiB};
inline constexpr Bounds<std::uint64_t> kMaxSize{1 * kKiB, 1 * kMiB};      // 1 KiB: the longest header, and some text
inline constexpr Bounds<std::uint64_t> kSpoolSize{16 * kMiB, 64 * kGiB};  // the whole spool is read once at the start

}  // namespace logsniffd::config
