// A joiner, its clock, and its output as text.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "daemon/framing/line_joiner.hpp"
#include "tests/unit/framing/join_case.hpp"

namespace logsniffd::framing {

inline constexpr PacketTime kStart{std::chrono::seconds(1'700'000'000)};
inline constexpr JoinKey kA{1, 0};
inline constexpr JoinKey kB{2, 0};

class Finds final : public LineStart {
 public:
  explicit Finds(Starts starts) : starts_(starts) {}
  [[nodiscard]] bool starts_record(Bytes line) const override {
    const std::string_view text = as_text(line);
    const bool digit = !text.empty() && text[0] >= '0' && text[0] <= '9';
    switch (starts_) {
      case Starts::nothing:
        return false;
      case Starts::digit:
        return digit;
      case Starts::bracket:
        return text.starts_with('[');
      case Starts::go:
        return digit || text.starts_with("panic: ") || text.starts_with("fatal error: ");
    }
    return false;
  }

 private:
  Starts starts_;
};

// Records as text, with their stream, and with their mark if they are not whole: "1: text", "2: text|gap".
class Joined final : public JoinObserver {
 public:
  void on_joined(const RecordOrigin& origin, Bytes record, Integrity integrity) override {
    texts.emplace_back(as_text(record));
    std::string text = std::to_string(origin.key.stream) + ": " + texts.back();
    if (integrity != Integrity::whole) text += "|" + std::string(to_string(integrity));
    all.push_back(std::move(text));
    times.push_back(origin.seen_at);
  }
  std::vector<std::string> texts;
  std::vector<std::string> all;
  std::vector<PacketTime> times;
};
class LineJoinerTest : public testing::Test {
 protected:
  void line(JoinKey key, std::string_view text, Integrity integrity = Integrity::whole) {
    joiner_.line({.seen_at = now_, .key = key}, options_, as_bytes(text), integrity, joined_);
    check_sums();
  }
  void lines(JoinKey key, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) line(key, text);
  }
  void flush(JoinKey key, JoinEnd why = JoinEnd::end) {
    joiner_.flush(key, why, joined_);
    check_sums();
  }
  void expire() {
    joiner_.expire(now_, joined_);
    check_sums();
  }
  void finish() {
    joiner_.flush_all(joined_);
    check_sums();
    EXPECT_EQ(joiner_.counters().pending.get(), 0U);
    EXPECT_EQ(joiner_.held_bytes().get(), 0U);
    EXPECT_FALSE(joiner_.expire_within(now_).has_value());
  }
  void check_sums() {
    const JoinCounters& counters = joiner_.counters();
    EXPECT_EQ(unaccounted(counters), 0);
    std::uint64_t flushed = 0;
    for (const Counter& by : counters.flushed_by) flushed += by.get();
    EXPECT_EQ(counters.records.get(), flushed);
    EXPECT_EQ(counters.records.get(), joined_.all.size());
  }
  [[nodiscard]] std::uint64_t by(JoinEnd end) const { return joiner_.counters().by(end).get(); }

  const Finds digit_{Starts::digit};
  JoinOptions options_{JoinMode::start, &digit_, std::chrono::seconds(1)};
  PacketTime now_ = kStart;
  LineJoiner joiner_{{1000, 1'000'000}};
  Joined joined_;
};

}  // namespace logsniffd::framing
