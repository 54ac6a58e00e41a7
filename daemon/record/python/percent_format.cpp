#include "daemon/record/python/percent_format.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "daemon/record/python/python_number.hpp"
#include "daemon/record/python/python_text.hpp"
#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::python {
namespace {

constexpr std::int64_t kLongest = std::numeric_limits<std::int32_t>::max();  // of a width or precision
constexpr std::int64_t kAbsent = -1;
constexpr std::size_t kConversionEffort = 8;  // in bytes produced (effort.hpp)
constexpr std::size_t kExactRealEffort = 48;  // in addition: exact digits of a large exponent

// What stands between '%' and the conversion.
struct Spec {
  bool left = false;
  bool plus = false;
  bool blank = false;
  bool alternate = false;
  bool zero = false;
  std::int64_t width = kAbsent;
  std::int64_t precision = kAbsent;
  char conversion = '\0';
};

bool is_one_of(char c, std::string_view any) { return c != '\0' && any.find(c) != any.npos; }

// The arguments, and how many are used, by Python's own rules: an argument that is not a tuple counts as one, and each
// %(name) replaces it with the value of that name.
class Arguments {
 public:
  Arguments(const Pickle& pickle, const PickleValue& args, Effort& effort)
      : pickle_(pickle),
        effort_(effort),
        is_tuple_(args.is(PickleKind::tuple)),
        // Whatever has a __getitem__ counts as a mapping, except tuple and str.
        is_mapping_(args.is(PickleKind::dict) || args.is(PickleKind::list) || args.is(PickleKind::bytes) ||
                    args.is(PickleKind::byte_array)),
        mapping_(&args),
        single_(&args),
        items_(is_tuple_ ? pickle.items(args) : pickle.items(PickleValue{})),
        next_(items_.begin()) {}

  // nullptr if none is left.
  const PickleValue* next() {
    if (is_tuple_) return next_ == items_.end() ? nullptr : &*next_++;
    return std::exchange(single_, nullptr);
  }
  [[nodiscard]] bool all_used() const { return is_tuple_ ? next_ == items_.end() : single_ == nullptr; }
  [[nodiscard]] bool is_mapping() const { return is_mapping_; }

  bool select(std::string_view name) {
    if (!mapping_->is(PickleKind::dict)) return false;
    single_ = nullptr;
    bool is_key = true;
    bool is_wanted = false;
    for (const PickleValue& item : pickle_.items(*mapping_)) {
      if (is_key) {
        if (!spend(item)) return false;
        is_wanted = item.is(PickleKind::text) && item.text() == name;
      } else if (is_wanted) {
        single_ = &item;  // of equal keys the last one counts
      }
      is_key = !is_key;
    }
    return single_ != nullptr;
  }

 private:
  bool spend(const PickleValue& key) {
    const std::size_t cost = 1 + (key.is(PickleKind::text) ? key.size / 16 : 0);
    if (cost > lookups_left_) return false;
    lookups_left_ -= cost;
    return effort_.spend(2 * cost);
  }

  const Pickle& pickle_;
  Effort& effort_;
  const bool is_tuple_;
  const bool is_mapping_;
  const PickleValue* mapping_;
  const PickleValue* single_;
  PickleStack::Items items_;
  PickleStack::Iterator next_;
  std::size_t lookups_left_ = kMaxLookupCost;
};

class Formatter {
 public:
  Formatter(std::string_view format, const Pickle& pickle, const PickleValue& args, BoundedText& out)
      : cursor_(format), pickle_(pickle), arguments_(pickle, args, out.effort()), out_(out) {}

  bool run();

 private:
  bool one();
  bool read_name();
  void read_flags(Spec& spec);
  bool read_length(std::int64_t& length);
  bool read_spec(Spec& spec);

  bool convert(const Spec& spec, const PickleValue& value);
  bool text(const Spec& spec, const PickleValue& value);
  bool character(const Spec& spec, const PickleValue& value);
  bool whole_number(const Spec& spec, const PickleValue& value);
  bool real(const Spec& spec, const PickleValue& value);
  void number(const Spec& spec, const PythonNumber& number);
  void pad(const Spec& spec, std::size_t begin);

  text::TextCursor cursor_;
  const Pickle& pickle_;
  Arguments arguments_;
  BoundedText& out_;
};

bool Formatter::run() {
  while (!cursor_.at_end() && !out_.cut()) {
    out_.append(cursor_.take_until('%'));
    if (cursor_.eat("%%")) {
      out_.append('%');
    } else if (cursor_.eat('%') && !one()) {
      return out_.effort().exhausted();
    }
  }
  return out_.cut() || arguments_.all_used() || arguments_.is_mapping();
}

// Reads and converts what follows '%'.
bool Formatter::one() {
  if (!out_.effort().spend(kConversionEffort)) return false;
  Spec spec;
  if (!read_spec(spec)) return false;
  const PickleValue* const value = arguments_.next();
  if (value == nullptr || !convert(spec, *value)) return false;
  return !arguments_.is_mapping() || arguments_.all_used();
}

// "(name)": paired parentheses inside are part of the name.
bool Formatter::read_name() {
  if (!arguments_.is_mapping()) return false;
  const std::string_view rest = cursor_.rest();
  std::size_t open = 1;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '(') ++open;
    if (rest[i] == ')' && --open == 0) {
      cursor_.take(i + 1);
      return arguments_.select(rest.substr(0, i));
    }
  }
  return false;
}

void Formatter::read_flags(Spec& spec) {
  for (;; cursor_.take(1)) {
    switch (cursor_.peek()) {
      case '-':
        spec.left = true;
        break;
      case '+':
        spec.plus = true;
        break;
      case ' ':
        spec.blank = true;
        break;
      case '#':
        spec.alternate = true;
        break;
      case '0':
        spec.zero = true;
        break;
      default:
        return;
    }
  }
}

// Digits, or '*' and the next argument. Without either, `length` stays as it was.
bool Formatter::read_length(std::int64_t& length) {
  if (cursor_.eat('*')) {
    const PickleValue* const value = arguments_.next();
    if (value == nullptr || !(value->is(PickleKind::integer) || value->is(PickleKind::boolean))) return false;
    length = value->integer;
    return length >= -kLongest && length <= kLongest;
  }
  while (text::is_digit(cursor_.peek())) {
    length = std::max(length, std::int64_t{0}) * 10 + (cursor_.take(1).front() - '0');
    if (length > kLongest) return false;
  }
  return true;
}

bool Formatter::read_spec(Spec& spec) {
  if (cursor_.eat('(') && !read_name()) return false;
  read_flags(spec);
  const bool given = cursor_.peek() == '*';
  if (!read_length(spec.width)) return false;
  if (given && spec.width < 0) {
    spec.left = true;
    spec.width = -spec.width;
  }
  if (cursor_.eat('.')) {
    spec.precision = 0;
    if (!read_length(spec.precision)) return false;
    spec.precision = std::max(spec.precision, std::int64_t{0});
  }
  if (is_one_of(cursor_.peek(), "hlL")) cursor_.take(1);
  if (cursor_.at_end()) return false;
  spec.conversion = cursor_.take(1).front();
  return true;
}

bool Formatter::convert(const Spec& spec, const PickleValue& value) {
  if (!is_one_of(spec.conversion, "sradiuxXofFeEgGc")) return false;
  if (is_one_of(spec.conversion, "sra") || value.is(PickleKind::opaque)) return text(spec, value);
  if (is_one_of(spec.conversion, "diuxXo")) return whole_number(spec, value);
  if (spec.conversion == 'c') return character(spec, value);
  return real(spec, value);
}

bool Formatter::text(const Spec& spec, const PickleValue& value) {
  const std::size_t begin = out_.size();
  const bool bounded = spec.precision != kAbsent && is_one_of(spec.conversion, "sra");
  const auto most = static_cast<std::size_t>(spec.precision);
  // What exceeds the precision is not even written. A character takes at most four bytes.
  const bool narrowed = bounded && 4 * most < out_.room();
  const std::size_t limit = narrowed ? out_.narrow(4 * most) : 0;
  if (spec.conversion == 'r') {
    append_repr(pickle_, value, out_);
  } else if (spec.conversion == 'a') {
    append_ascii(pickle_, value, out_);
  } else {
    append_str(pickle_, value, out_);
  }
  if (narrowed) out_.widen(limit);
  if (bounded) {
    const std::size_t kept = text::first_code_points(out_.from(begin), most).size();
    if (begin + kept < out_.size()) out_.shrink(begin + kept);
  }
  pad(spec, begin);
  return true;
}

// Pads before or after what was written from `begin` on.
void Formatter::pad(const Spec& spec, std::size_t begin) {
  if (spec.width <= 0 || out_.cut()) return;
  const auto width = static_cast<std::size_t>(spec.width);
  const std::size_t length = text::count_code_points(out_.from(begin));
  if (length >= width) return;
  if (spec.left) return out_.fill(width - length, ' ');
  out_.insert(begin, width - length, ' ');
}

bool Formatter::character(const Spec& spec, const PickleValue& value) {
  const std::size_t begin = out_.size();
  if (value.is(PickleKind::text)) {
    if (value.size == 0 || text::first_code_points(value.text(), 1).size() != value.size) return false;
    out_.append(value.text());
  } else {
    const bool is_int = value.is(PickleKind::integer) || value.is(PickleKind::boolean);
    if (!is_int || value.integer < 0 || value.integer > 0x10ffff) return false;
    text::for_each_byte(static_cast<char32_t>(value.integer), [this](char c) { out_.append(c); });
  }
  pad(spec, begin);
  return true;
}

bool Formatter::whole_number(const Spec& spec, const PickleValue& value) {
  const bool hex = spec.conversion == 'x' || spec.conversion == 'X';
  const bool decimal = !hex && spec.conversion != 'o';
  if (!out_.effort().spend(number_effort(value))) return false;
  PythonNumber shown;
  const bool ok = decimal && value.is(PickleKind::real) ? shown.set_int(value.real)
                                                        : shown.set_int(value, hex       ? 16
                                                                               : decimal ? 10
                                                                                         : 8);
  if (!ok) return false;
  number(spec, shown);
  return true;
}

bool Formatter::real(const Spec& spec, const PickleValue& value) {
  if (!out_.effort().spend(kExactRealEffort + number_effort(value))) return false;
  const std::optional<double> number_given = to_real(value);
  if (!number_given || spec.precision > PythonNumber::kMaxPrecision) return false;
  PythonNumber shown;
  const int precision = spec.precision == kAbsent ? 6 : static_cast<int>(spec.precision);
  shown.set_formatted(*number_given, spec.conversion, precision, spec.alternate);
  number(spec, shown);
  return true;
}

// Sign, prefix, zeros and digits, in the order that the flags ask for.
void Formatter::number(const Spec& spec, const PythonNumber& number) {
  const bool whole = is_one_of(spec.conversion, "diuxXo");
  const char sign = number.negative() ? '-' : spec.plus ? '+' : spec.blank ? ' ' : '\0';
  char prefix[] = "0x";
  prefix[1] = spec.conversion;
  const bool prefixed = spec.alternate && is_one_of(spec.conversion, "xXo");
  const std::size_t digits = number.digits().size();
  const std::size_t wanted = whole && spec.precision > 0 ? static_cast<std::size_t>(spec.precision) : 0;
  const std::size_t zeros = wanted > digits ? wanted - digits : 0;
  const std::size_t length = (sign != '\0' ? 1U : 0U) + (prefixed ? 2U : 0U) + zeros + digits;
  const std::size_t width = spec.width > 0 ? static_cast<std::size_t>(spec.width) : 0;
  const std::size_t padding = width > length ? width - length : 0;

  if (!spec.left && !spec.zero) out_.fill(padding, ' ');
  if (sign != '\0') out_.append(sign);
  if (prefixed) out_.append(prefix);
  if (!spec.left && spec.zero) out_.fill(padding, '0');
  out_.fill(zeros, '0');
  if (spec.conversion == 'X') {
    for (const char c : number.digits()) out_.append(c >= 'a' ? static_cast<char>(c - 32) : c);
  } else {
    out_.append(number.digits());
  }
  if (spec.left) out_.fill(padding, ' ');
}

}  // namespace

bool percent_format(std::string_view format, const Pickle& pickle, const PickleValue& args, BoundedText& out) {
  const std::size_t before = out.size();
  if (Formatter(format, pickle, args, out).run()) return true;
  out.shrink(before);
  return false;
}

}  // namespace logsniffd::record::python
