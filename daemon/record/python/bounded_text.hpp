// Appends to a string, up to a limit and within an Effort. What exceeds either is dropped, and cut() says so.
//
// LIFETIME  the constructor reserves all that may be written; the string does not move afterwards.
// BOUNDS    the string never holds more than the limit. A UTF-8 character is not cut in two.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/record/python/effort.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::record::python {

class BoundedText {
 public:
  // REQUIRED: text.size() <= limit. `effort` outlives this.
  BoundedText(std::string& text, std::size_t limit, Effort& effort)
      : text_(text), begin_(text.size()), limit_(limit), effort_(effort) {
    text_.reserve(begin_ + std::min(limit - begin_, effort.left()));
  }

  [[nodiscard]] std::size_t size() const { return text_.size(); }
  [[nodiscard]] std::size_t room() const { return limit_ - text_.size(); }
  // Something was dropped; everything that follows will be dropped too.
  [[nodiscard]] bool cut() const { return cut_ || effort_.exhausted(); }
  [[nodiscard]] std::string_view written() const { return from(begin_); }
  [[nodiscard]] std::string_view from(std::size_t begin) const { return std::string_view(text_).substr(begin); }
  [[nodiscard]] Effort& effort() { return effort_; }

  void append(std::string_view more) {
    if (cut()) return;
    text_.append(whole_characters(more, admit(more.size())));
  }
  void append(char c) {
    if (!cut() && admit(1) == 1) text_.push_back(c);
  }
  void fill(std::size_t count, char c) {
    if (!cut()) text_.append(admit(count), c);
  }
  // Inserts before what has been written from `at` on. The end of that is dropped when there is no room.
  void insert(std::size_t at, std::size_t count, char c) {
    const std::size_t behind = text_.size() - at;
    const std::size_t wanted = std::min(count, limit_ - at);
    const std::size_t fits = std::min(wanted, effort_.left());
    effort_.spend(wanted);
    cut_ = cut_ || wanted < count || behind > limit_ - at - fits;
    text_.resize(at + whole_characters(from(at), limit_ - at - fits).size());
    text_.insert(at, fits, c);
  }
  // Takes back what has been written from `size` on. The effort stays spent.
  void shrink(std::size_t size) {
    text_.resize(size);
    cut_ = false;
  }
  // Leaves room for no more than `room` until widen(). REQUIRED: at most room(). What is cut meanwhile does not count
  // as cut. Returns the limit to pass to widen().
  std::size_t narrow(std::size_t room) { return std::exchange(limit_, text_.size() + room); }
  void widen(std::size_t limit) {
    limit_ = limit;
    cut_ = false;
  }

 private:
  // Returns how much of `wanted` is written.
  std::size_t admit(std::size_t wanted) {
    const std::size_t within = std::min(wanted, room());
    const std::size_t fits = std::min(within, effort_.left());
    effort_.spend(within);
    cut_ = within < wanted;
    return fits;
  }
  static std::string_view whole_characters(std::string_view text, std::size_t room) {
    if (room >= text.size()) return text;
    std::size_t end = room;
    while (end > 0 && room - end < 3 && text::is_continuation(text[end])) --end;
    return text.substr(0, text::is_continuation(text[end]) ? room : end);
  }

  std::string& text_;
  std::size_t begin_;
  std::size_t limit_;
  Effort& effort_;
  bool cut_ = false;
};

}  // namespace logsniffd::record::python
