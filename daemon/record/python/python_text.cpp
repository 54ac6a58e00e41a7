#include "daemon/record/python/python_text.hpp"

#include <algorithm>
#include <array>

#include "daemon/record/python/python_number.hpp"
#include "daemon/record/python/python_printable.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::record::python {
namespace {

using enum PickleKind;

constexpr std::string_view kHexDigits = "0123456789abcdef";

// Shown as a letter after a backslash.
constexpr std::string_view kEscaped = "\\\t\n\r";
constexpr std::string_view kShown = "\\tnr";

// How far past the remaining room a text is searched for its quotes. A text that does not fit may get the wrong ones,
// but its length costs nothing.
constexpr std::size_t kQuotesSought = 4096;

// In bytes produced (effort.hpp).
constexpr std::size_t kValueEffort = 2;
constexpr std::size_t kRealEffort = 32;   // finding the shortest digits
constexpr std::size_t kLookUpEffort = 4;  // whether a character can be printed
constexpr std::size_t kSoughtAtOnce = 16;

class Writer {
 public:
  Writer(const Pickle& pickle, BoundedText& out, bool ascii_only)
      : pickle_(pickle), out_(out), ascii_only_(ascii_only) {}

  void repr(const PickleValue& value);

 private:
  void number(const PickleValue& value);
  void real(double value);
  void wide(const PickleValue& value);
  char quote(std::string_view text);
  void quoted_text(std::string_view text);
  std::size_t plain_run(std::string_view text, char quote);
  void character(std::string_view text, const text::CodePoint& c, char quote);
  void quoted_bytes(std::string_view bytes, bool single_quotes_escaped);
  void escape(char32_t value, bool is_byte);
  bool short_escape(char32_t value, char quote);
  void name(const PickleValue& value);
  void container(const PickleValue& value);
  void items(const PickleValue& value);
  void pairs(const PickleValue& value);

  const Pickle& pickle_;
  BoundedText& out_;
  const bool ascii_only_;
  std::array<const PickleValue*, kMaxDepth> open_;  // the containers being written; the first depth_ are used
  std::size_t depth_ = 0;
};

void Writer::repr(const PickleValue& value) {
  if (out_.cut() || out_.room() == 0) return out_.append('.');  // every value shows something, so this one is cut
  out_.effort().spend(kValueEffort + depth_);
  switch (value.kind) {
    case none:
      return out_.append("None");
    case boolean:
      return out_.append(value.integer != 0 ? "True" : "False");
    case integer:
    case wide_integer:
      return number(value);
    case wide_decimal:
      return out_.append(value.text());
    case PickleKind::real:
      return real(value.real);
    case text:
      return quoted_text(value.text());
    case bytes:
      return quoted_bytes(value.text(), false);
    case byte_array:
      out_.append("bytearray(");
      quoted_bytes(value.text(), true);
      return out_.append(')');
    case opaque:
      return name(value);
    case list:
    case tuple:
    case dict:
    case set:
    case frozen_set:
      return container(value);
  }
}

void Writer::number(const PickleValue& value) {
  if (!out_.effort().spend(number_effort(value))) return;
  PythonNumber shown;
  if (!shown.set_int(value, 10)) return wide(value);
  if (shown.negative()) out_.append('-');
  out_.append(shown.digits());
}

void Writer::real(double value) {
  if (!out_.effort().spend(kRealEffort)) return;
  PythonNumber shown;
  shown.set_repr(value);
  if (shown.negative()) out_.append('-');
  out_.append(shown.digits());
}

// Shows the value in base 16, which takes one pass from the top. The magnitude of a negative value is its two's
// complement: bytes above the lowest non-zero one are inverted, and that one is subtracted from 256.
void Writer::wide(const PickleValue& value) {
  const std::string_view bytes = value.text();
  const bool negative = static_cast<unsigned char>(bytes.back()) > 0x7f;
  const std::size_t lowest = std::min(bytes.find_first_not_of('\0'), bytes.size() - 1);
  out_.append(negative ? "-0x" : "0x");
  for (std::size_t i = bytes.size(); i-- > 0 && !out_.cut();) {
    unsigned byte = static_cast<unsigned char>(bytes[i]);
    if (negative && i >= lowest) byte = (i == lowest ? 256 - byte : 255 - byte) & 0xff;
    out_.append(kHexDigits[byte >> 4]);
    out_.append(kHexDigits[byte & 0xf]);
  }
}

char Writer::quote(std::string_view text) {
  const std::string_view sought = text.substr(0, out_.room() + kQuotesSought);
  out_.effort().spend(sought.size() / kSoughtAtOnce);
  return sought.find('\'') != sought.npos && sought.find('"') == sought.npos ? '"' : '\'';
}

bool Writer::short_escape(char32_t value, char quote) {
  std::size_t known = kEscaped.npos;
  if (value < 0x80) known = kEscaped.find(static_cast<char>(value));
  if (known == kEscaped.npos && value != static_cast<unsigned char>(quote)) return false;
  out_.append('\\');
  out_.append(known == kEscaped.npos ? quote : kShown[known]);
  return true;
}

void Writer::escape(char32_t value, bool is_byte) {
  const std::size_t digits = is_byte || value < 0x100 ? 2 : value < 0x10000 ? 4 : 8;
  std::array<char, 10> shown{'\\', digits == 2 ? 'x' : digits == 4 ? 'u' : 'U'};
  for (std::size_t i = 0; i < digits; ++i) shown[2 + i] = kHexDigits[value >> (4 * (digits - 1 - i)) & 0xf];
  out_.append(std::string_view(shown.data(), 2 + digits));
}

void Writer::quoted_text(std::string_view text) {
  const char around = quote(text);
  out_.append(around);
  while (!text.empty() && !out_.cut()) {
    text.remove_prefix(plain_run(text, around));
    if (text.empty()) break;
    const text::CodePoint c = text::first_code_point(text);
    character(text.substr(0, c.length), c, around);
    text.remove_prefix(c.length);
  }
  out_.append(around);
}

// Writes the characters at the front that are shown as they are, and returns how many.
std::size_t Writer::plain_run(std::string_view text, char quote) {
  const std::string_view within = text.substr(0, out_.room() + 1);  // as much as fits, and one character to be cut
  std::size_t size = 0;
  while (size < within.size() && within[size] >= ' ' && within[size] < 0x7f && within[size] != '\\' &&
         within[size] != quote) {
    ++size;
  }
  out_.append(within.substr(0, size));
  return size;
}

void Writer::character(std::string_view text, const text::CodePoint& c, char quote) {
  if (short_escape(c.value, quote)) return;
  if (c.value >= 0x80) out_.effort().spend(kLookUpEffort);
  const bool as_it_is = c.valid && is_printable(c.value) && (c.value < 0x80 || !ascii_only_);
  return as_it_is ? out_.append(text) : escape(c.value, !c.valid);
}

// In a bytearray single quotes are escaped whichever quotes surround it.
void Writer::quoted_bytes(std::string_view bytes, bool single_quotes_escaped) {
  const char around = quote(bytes);
  out_.append('b');
  out_.append(around);
  for (const char c : bytes) {
    if (out_.cut()) return;
    const char32_t value = static_cast<unsigned char>(c);
    if (short_escape(value, single_quotes_escaped ? '\'' : around)) continue;
    if (value >= ' ' && value < 0x7f) {
      out_.append(c);
    } else {
      escape(value, true);
    }
  }
  out_.append(around);
}

void Writer::name(const PickleValue& value) {
  out_.append('<');
  bool first = true;
  for (const PickleValue& part : pickle_.items(value)) {
    if (!first) out_.append('.');
    first = false;
    out_.append(part.text());
  }
  out_.append('>');
}

void Writer::container(const PickleValue& value) {
  struct Shape {
    std::string_view open, close, empty, within_itself;
  };
  const Shape shape = value.is(list)    ? Shape{"[", "]", "[]", "[...]"}
                      : value.is(tuple) ? Shape{"(", value.size == 1 ? ",)" : ")", "()", "(...)"}
                      : value.is(dict)  ? Shape{"{", "}", "{}", "{...}"}
                      : value.is(set)   ? Shape{"{", "}", "set()", "set(...)"}
                                        : Shape{"frozenset({", "})", "frozenset()", "frozenset(...)"};
  if (value.size == 0) return out_.append(shape.empty);
  if (depth_ == kMaxDepth) return out_.append("...");
  const auto* const end = open_.begin() + depth_;
  if (std::find(open_.cbegin(), end, &value) != end) return out_.append(shape.within_itself);
  open_[depth_++] = &value;
  out_.append(shape.open);
  value.is(dict) ? pairs(value) : items(value);
  out_.append(shape.close);
  --depth_;
}

void Writer::items(const PickleValue& value) {
  bool first = true;
  for (const PickleValue& item : pickle_.items(value)) {
    if (out_.cut()) return;
    if (!first) out_.append(", ");
    first = false;
    repr(item);
  }
}

void Writer::pairs(const PickleValue& value) {
  bool is_key = true;
  bool first = true;
  for (const PickleValue& item : pickle_.items(value)) {
    if (out_.cut()) return;
    if (is_key && !first) out_.append(", ");
    if (!is_key) out_.append(": ");
    first = false;
    is_key = !is_key;
    repr(item);
  }
}

}  // namespace

void append_str(const Pickle& pickle, const PickleValue& value, BoundedText& out) {
  if (value.is(text)) return out.append(value.text());
  append_repr(pickle, value, out);
}

void append_repr(const Pickle& pickle, const PickleValue& value, BoundedText& out) {
  Writer(pickle, out, false).repr(value);
}

void append_ascii(const Pickle& pickle, const PickleValue& value, BoundedText& out) {
  Writer(pickle, out, true).repr(value);
}

bool is_true(const PickleValue& value) {
  switch (value.kind) {
    case none:
      return false;
    case boolean:
    case integer:
      return value.integer != 0;
    case PickleKind::real:
      return value.real != 0;
    case opaque:
    case wide_integer:
      return true;
    case wide_decimal:
      return value.text().find_first_not_of("-0") != std::string_view::npos;
    default:
      return value.size != 0;
  }
}

}  // namespace logsniffd::record::python
