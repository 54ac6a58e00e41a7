#include "daemon/framing/json_scanner.hpp"

namespace logsniffd::framing {
namespace {

constexpr bool is_blank(std::uint8_t b) { return b == ' ' || b == '\t' || b == '\n' || b == '\r'; }

// A byte of a number or a literal: true, null, NaN.
constexpr bool is_value(std::uint8_t b) {
  return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '-' || b == '+' || b == '.';
}

}  // namespace

JsonScanner::Result JsonScanner::scan(Bytes bytes, std::size_t& from) {
  for (; from < bytes.size(); ++from) {
    const std::uint8_t b = bytes[from];
    if (expect_ == Expect::text) {
      if (b == '"') {
        expect_ = Expect::punctuation;
      } else if (b == '\\') {
        expect_ = Expect::escaped;
      } else if (b == 0 || ((b == '\n' || b == '\r') && line_ends_ == LineEnds::refused)) {
        return Result::invalid;
      }
      continue;
    }
    if (expect_ == Expect::escaped) {
      if (b < 0x20) return Result::invalid;
      expect_ = Expect::text;
      continue;
    }
    if (is_blank(b)) continue;
    if (expect_ == Expect::key && b != '"' && b != '}') return Result::invalid;
    switch (b) {
      case '"':
        if (expect_ == Expect::punctuation) return Result::invalid;
        expect_ = Expect::text;
        break;
      case '{':
      case '[':
        if (expect_ == Expect::punctuation || depth_ == kMaxDepth) return Result::invalid;
        ++depth_;
        expect_ = b == '{' ? Expect::key : Expect::value;
        break;
      case '}':
      case ']':
        if (--depth_ == 0) {
          *this = JsonScanner(line_ends_);
          ++from;
          return Result::complete;
        }
        expect_ = Expect::punctuation;
        break;
      case ',':
      case ':':
        expect_ = Expect::value;
        break;
      default:
        if (expect_ == Expect::punctuation || !is_value(b)) return Result::invalid;
    }
  }
  return Result::incomplete;
}

}  // namespace logsniffd::framing
