#include "daemon/record/json/cut_json.hpp"

#include <algorithm>

#include "daemon/record/json/json_object.hpp"
#include "daemon/record/json/json_string.hpp"

namespace logsniffd::record::json {
namespace {

// White space, and the bytes of a byte order mark.
constexpr std::string_view kBeforeObject = " \t\n\r\xef\xbb\xbf";

// The length of the escape at the front of `text`, including the second half of a surrogate pair.
std::size_t escape_size(std::string_view text) {
  if (text.size() < 2 || text[1] != 'u') return 2;
  const bool high = text.size() >= 4 && (text[2] == 'd' || text[2] == 'D') &&
                    std::string_view("89abAB").find(text[3]) != std::string_view::npos;
  const bool alone = (text.size() > 6 && text[6] != '\\') || (text.size() > 7 && text[7] != 'u');
  return high && !alone ? 12 : 6;
}

class Front {
 public:
  explicit Front(std::string_view text) : text_(text) {}

  // False if brackets do not pair, are too deep, or close the object.
  bool scan();
  bool write(std::string& whole) const;

 private:
  void scan_string();
  bool open(bool array);
  bool close(bool array);
  // All members before `end` are whole. (Arrays are kept whole or not at all.)
  void keep(std::size_t end);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t array_ = 0;  // the depth of the outermost open array; 0: none
  bool is_array_[kMaxJsonDepth] = {};
  bool value_comes_ = false;
  std::size_t kept_ = 0;        // bytes
  std::size_t kept_depth_ = 0;  // how many objects are open after them
  bool inside_text_ = false;    // the last of them is a text that was cut
};

bool Front::scan() {
  for (; at_ < text_.size(); ++at_) {
    switch (text_[at_]) {
      case '"':
        scan_string();
        break;
      case '{':
      case '[':
        if (!open(text_[at_] == '[')) return false;
        break;
      case '}':
      case ']':
        if (!close(text_[at_] == ']')) return false;
        keep(at_ + 1);
        break;
      case ':':
        value_comes_ = true;
        break;
      case ',':
        value_comes_ = false;
        keep(at_);
        break;
      default:
        break;
    }
  }
  return true;
}

// Leaves at_ at the closing quote, or at the end of the text.
void Front::scan_string() {
  const std::size_t begin = ++at_;
  std::size_t whole = begin;  // after the last whole character
  for (;;) {
    at_ = whole = find_quote_or_escape(text_, at_);
    if (at_ == text_.size() || text_[at_] == '"') break;
    at_ += escape_size(text_.substr(at_));
    if (at_ <= text_.size()) continue;
    at_ = text_.size();  // cut short
    break;
  }
  if (at_ < text_.size() || !value_comes_ || array_ != 0) return;
  if (whole - begin < kLongText) return;
  keep(whole);
  inside_text_ = true;
}

bool Front::open(bool array) {
  if (depth_ == kMaxJsonDepth) return false;
  if (array && array_ == 0) array_ = depth_ + 1;
  is_array_[depth_++] = array;
  value_comes_ = false;
  return true;
}

bool Front::close(bool array) {
  if (depth_ <= 1 || is_array_[depth_ - 1] != array) return false;
  if (array_ == depth_--) array_ = 0;
  value_comes_ = false;
  return true;
}

void Front::keep(std::size_t end) {
  if (array_ != 0) return;
  kept_ = end;
  kept_depth_ = depth_;
}

bool Front::write(std::string& whole) const {
  if (kept_ == 0 || kept_depth_ == 0) return false;
  whole.assign(text_.substr(0, kept_));
  if (inside_text_) whole.push_back('"');
  whole.append(kept_depth_, '}');
  return true;
}

}  // namespace

bool close_cut_json(std::string_view front, std::string& whole) {
  // Rejects most of what is not an object before it is scanned.
  const std::size_t begin = front.find_first_not_of(kBeforeObject);
  if (begin == front.npos || front[begin] != '{') return false;
  Front scanned(front);
  return scanned.scan() && scanned.write(whole);
}

}  // namespace logsniffd::record::json
