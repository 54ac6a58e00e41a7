// Reads a Python pickle (protocols 0 to 5; CPython's Lib/pickletools.py) strictly as data: nothing is run, looked up
// or instantiated.
//
// Opcodes that only make plain data are carried out. Those that name or call code (GLOBAL, STACK_GLOBAL, REDUCE, BUILD,
// INST, OBJ, NEWOBJ, NEWOBJ_EX, EXT1/2/4, PERSID, BINPERSID, NEXT_BUFFER, READONLY_BUFFER) are refused and counted: the
// result is an opaque value, known by the name in the pickle, and what would have been put into it is dropped. So the
// plain values around it stay readable.
//
// LIFETIME  views of values point into the pickle, into this object or at constants: valid until the next read().
// BOUNDS    kMaxBytes of pickle, and those of pickle_stack.hpp. One pass, linear in the pickle, no recursion. Values
//           refer to each other by index, so one may contain itself, or be contained many times: whoever walks them
//           bounds the walk. Allocates only the buffer for unescaped texts of protocol 0, until it has grown.
// FAILURE   malformed, too_large: there is no root.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/byte_reader.hpp"
#include "daemon/base/bytes.hpp"
#include "daemon/record/python/pickle_stack.hpp"
#include "daemon/record/python/pickle_value.hpp"

namespace logsniffd::record::python {

class Pickle {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
  using Result = PickleStack::Result;

  [[nodiscard]] Result read(Bytes pickle);

  // About the last read(), whatever came of it.
  [[nodiscard]] std::uint32_t refused_opcodes() const { return refused_; }
  [[nodiscard]] std::uint8_t first_refused_opcode() const { return first_refused_; }  // 0: none

  // REQUIRED, here and below: the last read() was whole.
  [[nodiscard]] const PickleValue& root() const { return stack_.value(root_); }
  // The items of a container, in the pickle's order.
  [[nodiscard]] PickleStack::Items items(const PickleValue& container) const { return stack_.items(container); }
  [[nodiscard]] std::string_view unescaped() const { return unescaped_; }

 private:
  void step(std::uint8_t opcode, ByteReader& reader);
  void step_container(std::uint8_t opcode, ByteReader& reader);
  void step_line(std::uint8_t opcode, ByteReader& reader);
  void step_refused(std::uint8_t opcode, ByteReader& reader);
  void refuse_global(std::uint8_t opcode, ByteReader& reader);
  void refuse_stack_global();
  void refuse_call();
  void refuse_reduce();
  void replace_top();
  void refuse_obj();

  void push_decimal(std::string_view digits);
  void push_little_endian(Bytes number);
  void push_real(std::string_view text);
  void push_quoted(std::string_view quoted);
  void push_raw_unicode(std::string_view escaped);
  std::string& room_to_unescape();

  PickleStack stack_;
  std::string unescaped_;  // texts of protocol 0 whose escapes are resolved
  std::size_t pickle_bytes_ = 0;
  std::uint32_t refused_ = 0;
  std::uint8_t first_refused_ = 0;
  PickleStack::Index root_ = PickleStack::kNone;
};

}  // namespace logsniffd::record::python
