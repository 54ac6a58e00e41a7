#include "daemon/record/python/pickle.hpp"

#include <bit>
#include <limits>
#include <optional>

#include "daemon/record/python/pickle_line.hpp"
#include "daemon/record/python/pickle_opcode.hpp"

namespace logsniffd::record::python {
namespace {

using namespace pickle_opcode;
using enum PickleKind;

constexpr std::uint8_t kHighestProtocol = 5;
constexpr std::size_t kNarrow = 8;  // bytes of an int that 64 bits hold
constexpr auto kLittle = std::endian::little;

std::uint64_t u64_little(ByteReader& reader) {
  const std::uint64_t low = reader.u32(kLittle);
  return low | std::uint64_t{reader.u32(kLittle)} << 32;
}

double real_big(ByteReader& reader) {
  const std::uint64_t high = reader.u32be();
  return std::bit_cast<double>(high << 32 | reader.u32be());
}

// A signed length. A negative one counts as more than any pickle has.
std::size_t signed_length(ByteReader& reader) {
  const std::uint32_t length = reader.u32(kLittle);
  return length > 0x7fffffff ? std::numeric_limits<std::size_t>::max() : length;
}

std::string_view take_line(ByteReader& reader) {
  const std::string_view rest = as_text(reader.rest());
  const std::size_t end = rest.find('\n');
  if (end == rest.npos) {
    reader.skip(rest.size() + 1);  // fails
    return {};
  }
  const std::string_view line = as_text(reader.take(end));
  reader.skip(1);
  return line;
}

PickleValue data(PickleKind kind, Bytes bytes) { return {kind, as_text(bytes)}; }

constexpr bool names_or_calls_code(std::uint8_t opcode) {
  for (const std::uint8_t refused : {kPersId, kBinPersId, kReduce, kBuild, kGlobal, kInst, kObj, kNewObj, kExt1, kExt2,
                                     kExt4, kNewObjEx, kStackGlobal, kNextBuffer, kReadOnlyBuffer}) {
    if (opcode == refused) return true;
  }
  return false;
}

}  // namespace

Pickle::Result Pickle::read(Bytes pickle) {
  stack_.reset();
  unescaped_.clear();
  pickle_bytes_ = pickle.size();
  refused_ = 0;
  first_refused_ = 0;
  root_ = PickleStack::kNone;
  if (pickle.size() > kMaxBytes) return Result::too_large;

  ByteReader reader(pickle);
  std::uint8_t opcode = reader.u8();
  while (reader.ok() && opcode != kStop && stack_.result() == Result::whole) {
    // Most of a LogRecord is texts, each put into the memo. A branch for them costs less than the table's jump.
    if (opcode == kBinUnicode) {
      stack_.push(data(text, reader.take(reader.u32(kLittle))));
    } else {
      ByteReader rest = reader;  // so that `reader` itself stays in registers
      step(opcode, rest);
      reader = rest;
    }
    opcode = reader.u8();
    if (opcode == kBinPut) {
      stack_.put(reader.u8());
      opcode = reader.u8();
    }
  }
  if (stack_.result() != Result::whole) return stack_.result();
  // One value, nothing left open, and nothing after it.
  if (!reader.ok() || reader.remaining() != 0 || stack_.size() != 1 || stack_.marks_open()) return Result::malformed;
  root_ = stack_.at(0);
  return Result::whole;
}

// All opcodes except BINUNICODE. A failure is sticky, in `reader` or in the stack; read() stops at the next opcode.
void Pickle::step(std::uint8_t opcode, ByteReader& reader) {
  switch (opcode) {
    case kShortBinUnicode:
      return stack_.push(data(text, reader.take(reader.u8())));
    case kBinPut:
      return stack_.put(reader.u8());
    case kMemoize:
      return stack_.put_next();
    case kBinGet:
      return stack_.get(reader.u8());
    case kNone:
      return stack_.push(PickleStack::kNone);
    case kNewTrue:
      return stack_.push(PickleStack::kTrue);
    case kNewFalse:
      return stack_.push(PickleStack::kFalse);
    case kBinInt:
      return stack_.push(PickleValue::of(std::int64_t{static_cast<std::int32_t>(reader.u32(kLittle))}));
    case kBinInt1:
      return stack_.push(PickleValue::of(std::int64_t{reader.u8()}));
    case kBinInt2:
      return stack_.push(PickleValue::of(std::int64_t{reader.u16(kLittle)}));
    case kBinFloat:
      return stack_.push(PickleValue::of(real_big(reader)));
    case kLong1:
      return push_little_endian(reader.take(reader.u8()));
    case kLong4:
      return push_little_endian(reader.take(signed_length(reader)));
    case kBinUnicode8:
      return stack_.push(data(text, reader.take(u64_little(reader))));
    case kBinString:  // Python 2's str, here and below: it was meant as text
      return stack_.push(data(text, reader.take(signed_length(reader))));
    case kShortBinString:
      return stack_.push(data(text, reader.take(reader.u8())));
    case kBinBytes:
      return stack_.push(data(bytes, reader.take(reader.u32(kLittle))));
    case kShortBinBytes:
      return stack_.push(data(bytes, reader.take(reader.u8())));
    case kBinBytes8:
      return stack_.push(data(bytes, reader.take(u64_little(reader))));
    case kByteArray8:
      return stack_.push(data(byte_array, reader.take(u64_little(reader))));
    default:
      return step_container(opcode, reader);
  }
}

void Pickle::step_container(std::uint8_t opcode, ByteReader& reader) {
  switch (opcode) {
    case kMark:
      return stack_.mark();
    case kPop:
      return stack_.pop_one_or_mark();
    case kPopMark:
      return stack_.drop_from(stack_.pop_mark());
    case kDup:
      return stack_.push(stack_.top());
    case kEmptyList:
      return stack_.push(PickleValue(list));
    case kEmptyTuple:
      return stack_.push(PickleValue(tuple));
    case kEmptyDict:
      return stack_.push(PickleValue(dict));
    case kEmptySet:
      return stack_.push(PickleValue(set));
    case kList:
      return stack_.collect(list, stack_.pop_mark());
    case kTuple:
      return stack_.collect(tuple, stack_.pop_mark());
    case kDict:
      return stack_.collect(dict, stack_.pop_mark());
    case kFrozenSet:
      return stack_.collect(frozen_set, stack_.pop_mark());
    case kTuple1:
      return stack_.collect_top(1);
    case kTuple2:
      return stack_.collect_top(2);
    case kTuple3:
      return stack_.collect_top(3);
    case kAppend:
      return stack_.extend(list, 1);
    case kSetItem:
      return stack_.extend(dict, 2);
    case kAppends:
      return stack_.extend(list, stack_.size() - stack_.pop_mark());
    case kSetItems:
      return stack_.extend(dict, stack_.size() - stack_.pop_mark());
    case kAddItems:
      return stack_.extend(set, stack_.size() - stack_.pop_mark());
    case kLongBinPut:
      return stack_.put(reader.u32(kLittle));
    case kLongBinGet:
      return stack_.get(reader.u32(kLittle));
    case kProto:
      if (reader.u8() > kHighestProtocol) stack_.fail(Result::malformed);
      return;
    case kFrame:
      if (u64_little(reader) > reader.remaining()) stack_.fail(Result::malformed);
      return;
    default:
      return step_line(opcode, reader);
  }
}

// Protocol 0, whose operands are lines.
void Pickle::step_line(std::uint8_t opcode, ByteReader& reader) {
  switch (opcode) {
    case kInt:
      return push_decimal(take_line(reader));
    case kLong: {
      std::string_view digits = take_line(reader);
      if (digits.ends_with('L')) digits.remove_suffix(1);
      return push_decimal(digits);
    }
    case kFloat:
      return push_real(take_line(reader));
    case kString:
      return push_quoted(take_line(reader));
    case kUnicode:
      return push_raw_unicode(take_line(reader));
    case kPut:
    case kGet: {
      const std::optional<std::uint64_t> key = parse_unsigned(take_line(reader));
      if (!key) return stack_.fail(Result::malformed);
      return opcode == kPut ? stack_.put(*key) : stack_.get(*key);
    }
    default:
      return step_refused(opcode, reader);
  }
}

// Each leaves on the stack what Python would have there, but opaque.
void Pickle::step_refused(std::uint8_t opcode, ByteReader& reader) {
  if (!names_or_calls_code(opcode)) return stack_.fail(Result::malformed);
  ++refused_;
  if (first_refused_ == 0) first_refused_ = opcode;
  switch (opcode) {
    case kGlobal:
    case kInst:
      return refuse_global(opcode, reader);
    case kStackGlobal:
      return refuse_stack_global();
    case kNewObjEx:
      stack_.pop();  // the keyword arguments
      return refuse_call();
    case kReduce:
      return refuse_reduce();
    case kNewObj:
    case kBuild:
      return refuse_call();
    case kObj:
      return refuse_obj();
    case kExt1:
      reader.skip(1);
      return stack_.push_opaque("extension");
    case kExt2:
      reader.skip(2);
      return stack_.push_opaque("extension");
    case kExt4:
      reader.skip(4);
      return stack_.push_opaque("extension");
    case kPersId:
      take_line(reader);
      return stack_.push_opaque("persistent");
    case kBinPersId:
      stack_.pop();
      return stack_.push_opaque("persistent");
    case kNextBuffer:
      return stack_.push_opaque("buffer");
    default:  // READONLY_BUFFER changes how the top may be used
      stack_.top();
  }
}

void Pickle::refuse_global(std::uint8_t opcode, ByteReader& reader) {
  const PickleStack::Index module = stack_.add(PickleValue(text, take_line(reader)));
  const PickleStack::Index name = stack_.add(PickleValue(text, take_line(reader)));
  if (opcode == kInst) stack_.drop_from(stack_.pop_mark());  // the arguments
  stack_.push_opaque(module, name);
}

void Pickle::refuse_stack_global() {
  const PickleStack::Index name = stack_.pop();
  const PickleStack::Index module = stack_.pop();
  if (!stack_.value(module).is(text) || !stack_.value(name).is(text)) return stack_.fail(Result::malformed);
  stack_.push_opaque(module, name);
}

// Drops the arguments, or the state. The value that they were meant for stands for the result.
void Pickle::refuse_call() {
  stack_.pop();
  if (!stack_.value(stack_.top()).is(opaque)) replace_top();
}

void Pickle::replace_top() {
  stack_.pop();
  stack_.push_opaque("object");
}

// Objects without a __reduce__ of their own are made by copyreg's functions, whose first argument is the class. The
// class is the name worth keeping.
void Pickle::refuse_reduce() {
  const PickleStack::Index args = stack_.pop();
  if (!stack_.value(stack_.top()).is(opaque)) return replace_top();
  const std::string_view module = stack_.items(stack_.value(stack_.top())).begin()->text();
  if (!stack_.value(args).is(tuple) || stack_.value(args).size == 0) return;
  if (module != "copy_reg" && module != "copyreg") return;
  const PickleStack::Index made_of = stack_.first_item(args);
  if (!stack_.value(made_of).is(opaque)) return;
  stack_.pop();
  stack_.push(made_of);
}

// MARK, a class, its arguments.
void Pickle::refuse_obj() {
  const std::size_t begin = stack_.pop_mark();
  if (begin == stack_.size()) return stack_.fail(Result::malformed);
  const PickleStack::Index made_of = stack_.at(begin);
  stack_.drop_from(begin);
  return stack_.value(made_of).is(opaque) ? stack_.push(made_of) : stack_.push_opaque("object");
}

void Pickle::push_decimal(std::string_view digits) {
  // How protocols 0 and 1 write False and True.
  if (digits == "00") return stack_.push(PickleStack::kFalse);
  if (digits == "01") return stack_.push(PickleStack::kTrue);
  if (const std::optional<std::int64_t> integer = parse_decimal(digits)) {
    return stack_.push(PickleValue::of(*integer));
  }
  if (!is_decimal(digits)) return stack_.fail(Result::malformed);
  stack_.push(PickleValue(wide_decimal, digits));
}

void Pickle::push_little_endian(Bytes number) {
  const bool negative = !number.empty() && number.back() > 0x7f;
  // Bytes that only repeat the sign say nothing.
  const std::uint8_t sign = negative ? 0xff : 0;
  while (number.size() > kNarrow && number.back() == sign && (number[number.size() - 2] > 0x7f) == negative) {
    number = number.first(number.size() - 1);
  }
  if (number.size() > kNarrow) return stack_.push(data(wide_integer, number));
  std::uint64_t bits = negative ? ~std::uint64_t{0} : 0;
  for (std::size_t i = number.size(); i-- > 0;) bits = bits << 8 | number[i];
  stack_.push(PickleValue::of(static_cast<std::int64_t>(bits)));
}

void Pickle::push_real(std::string_view written) {
  const std::optional<double> real = parse_real(written);
  if (!real) return stack_.fail(Result::malformed);
  stack_.push(PickleValue::of(*real));
}

void Pickle::push_quoted(std::string_view quoted) {
  const std::optional<std::string_view> read = read_quoted(quoted, room_to_unescape());
  if (!read) return stack_.fail(Result::malformed);
  stack_.push(PickleValue(text, *read));
}

void Pickle::push_raw_unicode(std::string_view escaped) {
  const std::optional<std::string_view> read = read_raw_unicode(escaped, room_to_unescape());
  if (!read) return stack_.fail(Result::malformed);
  stack_.push(PickleValue(text, *read));
}

// Room for all lines of a pickle together, so that what has been put there does not move.
std::string& Pickle::room_to_unescape() {
  if (unescaped_.empty()) unescaped_.reserve(2 * pickle_bytes_);
  return unescaped_;
}

}  // namespace logsniffd::record::python
