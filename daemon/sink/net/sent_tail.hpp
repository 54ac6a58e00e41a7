// The end of what was handed to a connection: the lines that the other side's TCP has not acknowledged yet, kept so
// that they can be sent again over the next connection.
//
// INVARIANT  lines lie in the order in which they are sent; the first ones are on their way, the rest must be
//            sent again.
// BOUNDS     kCapacity bytes; beyond that the oldest lines are forgotten, and only counted.
// THREAD     confined to its owner.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace logsniffd::sink::net {

class SentTail {
 public:
  // As much as Linux lets a connection hold unacknowledged by default (tcp_wmem). REQUIRED: no line is longer.
  static constexpr std::size_t kCapacity = 4 << 20;

  // Adds a line that was just handed over; it lies within the first `wire_end` bytes of the connection. REQUIRED:
  // unsent() is empty.
  void add(std::string_view line, std::uint64_t wire_end);

  // The text that is to be sent again.
  [[nodiscard]] std::string_view unsent() const { return std::string_view(text_).substr(sent_bytes()); }
  // How many lines of unsent() end within its first `bytes`; and how many bytes its first `lines` take.
  [[nodiscard]] std::size_t unsent_lines_within(std::size_t bytes) const;
  [[nodiscard]] std::size_t unsent_bytes_of(std::size_t lines) const;
  // The first line of unsent() was handed over.
  void handed_over(std::uint64_t wire_end) { lines_[sent_++].wire_end = wire_end; }

  // The first `wire_bytes` of the connection have arrived.
  void acknowledged(std::uint64_t wire_bytes);
  // The connection is gone: what was on its way is to be sent again. Returns how many lines cannot be, because they
  // were forgotten.
  [[nodiscard]] std::uint64_t connection_broke();
  // The connection was given up, but what is on its way may still arrive. Forgets these lines and returns their number.
  [[nodiscard]] std::uint64_t forget_sent();
  [[nodiscard]] std::uint64_t forget_all();

 private:
  struct Line {
    std::uint64_t end;  // counted from the first byte that was ever added
    std::uint64_t wire_end;
  };

  [[nodiscard]] std::size_t sent_bytes() const {
    return sent_ == 0 ? 0 : static_cast<std::size_t>(lines_[sent_ - 1].end - base_);
  }
  void remove_first(std::size_t lines);

  std::string text_;
  std::uint64_t base_ = 0;  // of text_[0]
  std::vector<Line> lines_;
  std::size_t sent_ = 0;         // lines that are on their way
  std::uint64_t forgotten_ = 0;  // lines beyond the capacity that are on their way, and where they end
  std::uint64_t forgotten_end_ = 0;
};

}  // namespace logsniffd::sink::net
