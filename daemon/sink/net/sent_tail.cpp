#include "daemon/sink/net/sent_tail.hpp"

#include <algorithm>
#include <utility>

namespace logsniffd::sink::net {

void SentTail::add(std::string_view line, std::uint64_t wire_end) {
  if (text_.size() + line.size() > kCapacity) {
    // A quarter at a time: moving the rest for every line would have quadratic cost.
    std::size_t oldest = 0;
    while (oldest < lines_.size() && base_ + text_.size() + line.size() - lines_[oldest].end > kCapacity / 4 * 3) {
      ++oldest;
    }
    oldest = std::min(oldest + 1, lines_.size());
    forgotten_ += oldest;
    forgotten_end_ = lines_[oldest - 1].wire_end;
    remove_first(oldest);
  }
  text_.append(line);
  lines_.push_back({base_ + text_.size(), wire_end});
  ++sent_;
}

std::size_t SentTail::unsent_lines_within(std::size_t bytes) const {
  const auto first = lines_.begin() + static_cast<std::ptrdiff_t>(sent_);
  const std::uint64_t limit = base_ + sent_bytes() + bytes;
  const auto beyond = std::upper_bound(first, lines_.end(), limit,
                                       [](std::uint64_t wanted, const Line& line) { return wanted < line.end; });
  return static_cast<std::size_t>(beyond - first);
}

std::size_t SentTail::unsent_bytes_of(std::size_t lines) const {
  return lines == 0 ? 0 : static_cast<std::size_t>(lines_[sent_ + lines - 1].end - base_) - sent_bytes();
}

void SentTail::acknowledged(std::uint64_t wire_bytes) {
  if (forgotten_ > 0 && wire_bytes >= forgotten_end_) forgotten_ = 0;
  const auto sent_end = lines_.begin() + static_cast<std::ptrdiff_t>(sent_);
  const auto beyond = std::upper_bound(lines_.begin(), sent_end, wire_bytes,
                                       [](std::uint64_t arrived, const Line& line) { return arrived < line.wire_end; });
  remove_first(static_cast<std::size_t>(beyond - lines_.begin()));
}

std::uint64_t SentTail::connection_broke() {
  sent_ = 0;
  return std::exchange(forgotten_, 0);
}

std::uint64_t SentTail::forget_sent() {
  const std::uint64_t lines = sent_ + std::exchange(forgotten_, 0);
  remove_first(sent_);
  return lines;
}

std::uint64_t SentTail::forget_all() {
  const std::uint64_t lines = lines_.size() + std::exchange(forgotten_, 0);
  remove_first(lines_.size());
  return lines;
}

void SentTail::remove_first(std::size_t lines) {
  if (lines == 0) return;
  const std::uint64_t end = lines_[lines - 1].end;
  text_.erase(0, static_cast<std::size_t>(end - base_));
  base_ = end;
  lines_.erase(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(lines));
  sent_ -= std::min(sent_, lines);
}

}  // namespace logsniffd::sink::net
