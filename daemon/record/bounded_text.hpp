// The end of a string, written up to a limit: what goes beyond it is dropped, and that shows.
//
// LIFETIME  the string is reserved to the limit at first, and does not move afterwards.
// BOUNDS    the string never holds more than the limit. A character of UTF-8 is not cut in two.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/record/utf8.hpp"

namespace logsniffd::record {

class BoundedText {
 public:
  // REQUIRED: text.size() <= limit.
  BoundedText(std::string& text, std::size_t limit) : text_(text), begin_(text.size()), limit_(limit) {
    text_.reserve(limit);
  }

  [[nodiscard]] std::size_t size() const { return text_.size(); }
  [[nodiscard]] std::size_t room() const { return limit_ - text_.size(); }
  [[nodiscard]] bool cut() const { return cut_; }  // something was dropped: all that follows is, too
  [[nodiscard]] std::string_view written() const { return from(begin_); }
  [[nodiscard]] std::string_view from(std::size_t begin) const { return std::string_view(text_).substr(begin); }

  void append(std::string_view more) {
    if (cut_) return;
    if (more.size() <= room()) {
      text_.append(more);
    } else {
      text_.append(whole_characters(more, room()));
      cut_ = true;
    }
  }
  void append(char c) {
    if (room() == 0) cut_ = true;
    if (!cut_) text_.push_back(c);
  }
  void fill(std::size_t count, char c) {
    if (cut_) return;
    cut_ = count > room();
    text_.append(std::min(count, room()), c);
  }
  // In front of what has been written from `at` on, whose end goes where there is no room.
  void insert(std::size_t at, std::size_t count, char c) {
    const std::size_t behind = text_.size() - at;
    const std::size_t fits = std::min(count, limit_ - at);
    cut_ = cut_ || fits < count || behind > limit_ - at - fits;
    text_.resize(at + whole_characters(from(at), limit_ - at - fits).size());
    text_.insert(at, fits, c);
  }
  // Takes back what has been written from `size` on.
  void shrink(std::size_t size) {
    text_.resize(size);
    cut_ = false;
  }
  // For a while there is room for no more than `room` (REQUIRED: at most room()); what is cut meanwhile was not wanted.
  // Returns what widen() must be given.
  std::size_t narrow(std::size_t room) { return std::exchange(limit_, text_.size() + room); }
  void widen(std::size_t limit) {
    limit_ = limit;
    cut_ = false;
  }

 private:
  static std::string_view whole_characters(std::string_view text, std::size_t room) {
    if (room >= text.size()) return text;
    std::size_t end = room;
    while (end > 0 && room - end < 3 && is_continuation(text[end])) --end;
    return text.substr(0, is_continuation(text[end]) ? room : end);
  }

  std::string& text_;
  std::size_t begin_;
  std::size_t limit_;
  bool cut_ = false;
};

}  // namespace logsniffd::record
