// Makes a struct of Counters a block: each counter is listed once, with its name.
//
// A block has a static member that visits each of its counters:
//
//   template <class Self, class Visit>  // Self: the block, const or not
//   static constexpr void for_each(Self& self, Visit&& visit) {
//     visit(whole("bytes_seen"), self.seen);
//     visit(part("discarded", "reset"), self.discarded_reset);
//     visit(part("buffered").gauge(), self.buffered);
//     visit("truncated", self.truncated);
//   }
//
// A static_assert(names_every_counter<Block>()) follows the struct: a counter without a name, a counter with two names,
// and two counters with the same name are compile errors. The ledger, its sums and the sums of blocks use for_each()
// only. A block may also be made of std::uint64_t: the values of counters at one moment.
//
// SUM  Wherever the owner of a block says that its sums hold, the whole() counters add up to the same value as the
//      part() counters. A block without a whole() has no such sum.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/base/counter.hpp"

namespace logsniffd {

// REQUIRED: static strings.
struct CounterName {
  enum class Role : std::uint8_t { beside, whole, part };

  std::string_view group;  // shared with other counters of its block ("discarded"); empty: none
  std::string_view word;
  Role role = Role::beside;
  bool is_gauge = false;  // a level, which rises and falls
  bool is_listed = true;  // in the ledger

  constexpr CounterName(const char* name) : word(name) {}  // NOLINT(google-explicit-constructor): visit("gaps", ...)
  constexpr explicit CounterName(std::string_view name) : word(name) {}
  constexpr CounterName(std::string_view its_group, std::string_view name) : group(its_group), word(name) {}

  [[nodiscard]] constexpr CounterName as(Role its_role) const {
    CounterName name = *this;
    name.role = its_role;
    return name;
  }
  [[nodiscard]] constexpr CounterName gauge() const {
    CounterName name = *this;
    name.is_gauge = true;
    return name;
  }
  [[nodiscard]] constexpr CounterName unlisted() const {
    CounterName name = *this;
    name.is_listed = false;
    return name;
  }
};

[[nodiscard]] constexpr CounterName whole(std::string_view name) {
  return CounterName(name).as(CounterName::Role::whole);
}
[[nodiscard]] constexpr CounterName part(std::string_view name) {
  return CounterName(name).as(CounterName::Role::part);
}
[[nodiscard]] constexpr CounterName part(std::string_view group, std::string_view name) {
  return CounterName(group, name).as(CounterName::Role::part);
}

[[nodiscard]] inline std::uint64_t value_of(const Counter& counter) { return counter.get(); }
[[nodiscard]] inline std::uint64_t value_of(std::uint64_t value) { return value; }
inline void add_to(Counter& counter, std::uint64_t n) { counter.add(n); }
inline void add_to(std::uint64_t& value, std::uint64_t n) { value += n; }

template <class Block>
inline constexpr std::size_t kCountersIn = sizeof(Block) / sizeof(Counter);

// True if for_each() visits every counter once, each by its own name.
template <class Block>
consteval bool names_every_counter() {
  static_assert(sizeof(Counter) == sizeof(std::uint64_t) && sizeof(Block) % sizeof(Counter) == 0);
  struct Visited {
    const void* counter = nullptr;
    CounterName name = "";
  };
  const Block block{};
  std::array<Visited, kCountersIn<Block>> visited;
  std::size_t count = 0;
  bool good = true;
  Block::for_each(block, [&](const CounterName& name, const auto& counter) {
    for (std::size_t i = 0; i < count; ++i) {
      const CounterName& other = visited[i].name;
      if (visited[i].counter == &counter || (other.group == name.group && other.word == name.word)) good = false;
    }
    if (good) visited[count++] = {&counter, name};
  });
  return good && count == visited.size();
}

// What the sum of the block leaves unaccounted for: 0 unless there is a bug. Signed, because a bug may count twice.
template <class Block>
[[nodiscard]] std::int64_t unaccounted(const Block& block) {
  std::uint64_t left = 0;
  Block::for_each(block, [&](const CounterName& name, const auto& counter) {
    if (name.role == CounterName::Role::whole) left += value_of(counter);
    if (name.role == CounterName::Role::part) left -= value_of(counter);
  });
  return static_cast<std::int64_t>(left);
}

// Adds each counter of `more` to the counter of the same name in `sum`. REQUIRED: both name the same counters in
// the same order.
template <class Sum, class Block>
void add_counters(Sum& sum, const Block& more) {
  static_assert(kCountersIn<Sum> == kCountersIn<Block>);
  std::array<std::uint64_t, kCountersIn<Block>> values{};
  std::size_t i = 0;
  Block::for_each(more, [&](const CounterName&, const auto& counter) { values[i++] = value_of(counter); });
  i = 0;
  Sum::for_each(sum, [&](const CounterName&, auto& counter) { add_to(counter, values[i++]); });
}

}  // namespace logsniffd
