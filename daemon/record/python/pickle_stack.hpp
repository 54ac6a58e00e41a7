// What a pickle's opcodes work on: values, the stack with its marks, and the memo. Pickle (pickle.hpp) is its user.
//
// LIFETIME  values refer to each other by index; their data lies wherever the user's did.
// BOUNDS    kMaxValues values; kMaxItems of each of these: items in all containers together, entries on the stack,
//           marks, memo entries. All memory, some 250 KiB, is allocated at construction. An opcode takes constant time,
//           except those that collect what others pushed.
// FAILURE   sticky: result() keeps the first one. What is done afterwards has no meaning and does no harm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <vector>

#include "daemon/record/python/fixed_arena.hpp"
#include "daemon/record/python/pickle_value.hpp"

namespace logsniffd::record::python {

class PickleStack {
 public:
  using Index = std::uint32_t;
  static constexpr std::size_t kMaxValues = 4096;
  static constexpr std::size_t kMaxItems = 2 * kMaxValues;
  // Values that always exist, so that they cost no memory however often they are used.
  static constexpr Index kNone = 0;
  static constexpr Index kFalse = 1;
  static constexpr Index kTrue = 2;

  enum class Result : std::uint8_t {
    whole,
    malformed,  // not a pickle, a part of one, more than one, or one that Python's pickle module does not write
    too_large,  // beyond BOUNDS
  };

  PickleStack();

  void reset();
  void fail(Result why);
  [[nodiscard]] Result result() const { return result_; }

  Index add(const PickleValue& value);
  void push(Index index);
  void push(const PickleValue& value) { push(add(value)); }
  // Pushes what code would have made, known by its name.
  void push_opaque(Index module, Index name);
  void push_opaque(std::string_view what);

  Index pop();
  Index top();
  [[nodiscard]] std::size_t size() const { return stack_.size(); }
  [[nodiscard]] bool marks_open() const { return !marks_.empty(); }
  [[nodiscard]] Index at(std::size_t depth) const { return stack_[depth]; }
  void mark();
  // Returns the position of the last mark. The user must then take or drop what lies from there on.
  std::size_t pop_mark();
  void pop_one_or_mark();
  void drop_from(std::size_t begin) { stack_.truncate(begin); }

  // Makes one container of everything on the stack from `begin` on.
  void collect(PickleKind kind, std::size_t begin);
  // Makes one tuple of the `count` values on top.
  void collect_top(std::size_t count);
  // Moves the `count` values on top into the container below them, which must be of that kind. If it is opaque instead,
  // the values are dropped.
  void extend(PickleKind kind, std::size_t count);

  void put(std::uint64_t key);  // puts the top into the memo
  void put_next() { put(memo_used_); }
  void get(std::uint64_t key);

  [[nodiscard]] const PickleValue& value(Index index) const { return values_[index]; }

  // REQUIRED: `container` is one, and not empty.
  [[nodiscard]] Index first_item(Index container) const { return cells_[values_[container].chain.first].value; }

  class Iterator;
  class Items;
  [[nodiscard]] Items items(const PickleValue& container) const;

 private:
  struct Cell {
    Index value;
    std::uint32_t next;
  };
  // An entry counts only if `pickle` is the current one, so a key far ahead costs nothing.
  struct MemoEntry {
    Index value;
    std::uint32_t pickle;
  };
  static constexpr std::uint32_t kNowhere = 0xffffffff;

  void link_from(std::size_t begin, PickleValue& container);
  void check_keys(std::size_t begin);

  FixedArena<PickleValue> values_{kMaxValues + kTrue + 1};
  FixedArena<Cell> cells_{kMaxItems};  // the containers' items, chained
  FixedArena<Index> stack_{kMaxItems};
  FixedArena<std::uint32_t> marks_{kMaxItems};
  std::vector<MemoEntry> memo_ = std::vector<MemoEntry>(kMaxItems, MemoEntry{kNone, 0});
  std::size_t memo_used_ = 0;  // entries of this pickle
  std::uint32_t pickle_ = 0;   // how many pickles there were, including this one
  std::size_t fence_ = 0;      // the position of the last mark: nothing below it is popped
  Result result_ = Result::whole;
};

class PickleStack::Iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = PickleValue;
  using difference_type = std::ptrdiff_t;
  using pointer = const PickleValue*;
  using reference = const PickleValue&;

  Iterator() = default;
  Iterator(const PickleStack& stack, std::uint32_t cell) : stack_(&stack), cell_(cell) {}
  reference operator*() const { return stack_->values_[stack_->cells_[cell_].value]; }
  pointer operator->() const { return &**this; }
  Iterator& operator++() {
    cell_ = stack_->cells_[cell_].next;
    return *this;
  }
  Iterator operator++(int) {
    const Iterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Iterator& other) const { return cell_ == other.cell_; }

 private:
  const PickleStack* stack_ = nullptr;
  std::uint32_t cell_ = 0;
};

class PickleStack::Items {
 public:
  Items(const PickleStack& stack, std::uint32_t first) : begin_(stack, first), end_(stack, kNowhere) {}
  [[nodiscard]] Iterator begin() const { return begin_; }
  [[nodiscard]] Iterator end() const { return end_; }

 private:
  Iterator begin_;
  Iterator end_;
};

inline PickleStack::Items PickleStack::items(const PickleValue& container) const {
  return {*this, container.size == 0 ? kNowhere : container.chain.first};
}

// Defined in the header, because nearly every opcode calls it.
inline PickleStack::Index PickleStack::add(const PickleValue& value) {
  if (values_.full()) {
    fail(Result::too_large);
    return kNone;
  }
  values_.push(value);
  return static_cast<Index>(values_.size() - 1);
}

inline void PickleStack::push(Index index) {
  if (stack_.full()) return fail(Result::too_large);
  stack_.push(index);
}

inline PickleStack::Index PickleStack::top() {
  if (stack_.size() > fence_) return stack_.back();
  fail(Result::malformed);
  return kNone;
}

inline void PickleStack::put(std::uint64_t key) {
  if (key >= kMaxItems) return fail(Result::too_large);
  memo_used_ += memo_[key].pickle == pickle_ ? 0U : 1U;
  memo_[key] = {top(), pickle_};
}

}  // namespace logsniffd::record::python
