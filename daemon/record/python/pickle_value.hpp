// One value of a pickle, as data: its kind and its contents. Pickle (pickle.hpp) owns the values and their items.
#pragma once

#include <cstdint>
#include <string_view>

namespace logsniffd::record::python {

enum class PickleKind : std::uint8_t {
  none,
  boolean,       // integer is 0 or 1
  integer,       // integer
  wide_integer,  // data: little-endian two's complement, more than 8 bytes
  wide_decimal,  // data: decimal digits, perhaps after '-', that 64 bits do not hold
  real,          // real
  text,          // data: UTF-8 as the sender made it, unvalidated
  bytes,         // data
  byte_array,    // data
  list,          // items, in this kind and those below
  tuple,
  dict,  // items are key, value, key, value...; of equal keys the last one counts
  set,
  frozen_set,
  opaque,  // what only code could make; the items are the parts of its name (texts)
};

struct PickleValue {
  struct Chain {
    std::uint32_t first;
    std::uint32_t last;
  };

  PickleKind kind = PickleKind::none;
  std::uint32_t size = 0;  // bytes of data, or number of items
  union {
    std::int64_t integer = 0;
    double real;
    const char* data;
    Chain chain;
  };

  PickleValue() = default;
  explicit PickleValue(PickleKind of_kind) : kind(of_kind) {}
  PickleValue(PickleKind of_kind, std::string_view of_data)
      : kind(of_kind), size(static_cast<std::uint32_t>(of_data.size())), data(of_data.data()) {}
  static PickleValue of(std::int64_t number) {
    PickleValue value(PickleKind::integer);
    value.integer = number;
    return value;
  }
  static PickleValue of(double number) {
    PickleValue value(PickleKind::real);
    value.real = number;
    return value;
  }

  [[nodiscard]] bool is(PickleKind wanted) const { return kind == wanted; }
  // REQUIRED: a kind that holds data.
  [[nodiscard]] std::string_view text() const { return {data, size}; }
};

}  // namespace logsniffd::record::python
