#include "daemon/record/python/pickle_stack.hpp"

#include <algorithm>

namespace logsniffd::record::python {
namespace {

// Python refuses a key that can change.
bool is_hashable(const PickleValue& value) {
  return !value.is(PickleKind::list) && !value.is(PickleKind::dict) && !value.is(PickleKind::set) &&
         !value.is(PickleKind::byte_array);
}

}  // namespace

PickleStack::PickleStack() {
  PickleValue boolean(PickleKind::boolean);
  values_.push(PickleValue(PickleKind::none));
  values_.push(boolean);
  boolean.integer = 1;
  values_.push(boolean);
}

void PickleStack::reset() {
  values_.truncate(kTrue + 1);
  cells_.truncate(0);
  stack_.truncate(0);
  marks_.truncate(0);
  memo_used_ = 0;
  if (++pickle_ == 0) {  // entries of 2 to the power of 32 pickles ago would count again
    std::fill(memo_.begin(), memo_.end(), MemoEntry{kNone, 0});
    pickle_ = 1;
  }
  fence_ = 0;
  result_ = Result::whole;
}

void PickleStack::fail(Result why) {
  if (result_ == Result::whole) result_ = why;
}

void PickleStack::push_opaque(Index module, Index name) {
  const std::size_t begin = stack_.size();
  push(module);
  push(name);
  collect(PickleKind::opaque, begin);
}

void PickleStack::push_opaque(std::string_view what) {
  const std::size_t begin = stack_.size();
  push(PickleValue(PickleKind::text, what));
  collect(PickleKind::opaque, begin);
}

PickleStack::Index PickleStack::pop() {
  if (stack_.size() <= fence_) return top();  // fails
  const Index index = stack_.back();
  stack_.truncate(stack_.size() - 1);
  return index;
}

void PickleStack::mark() {
  if (marks_.full()) return fail(Result::too_large);
  fence_ = stack_.size();
  marks_.push(static_cast<std::uint32_t>(fence_));
}

std::size_t PickleStack::pop_mark() {
  if (marks_.empty()) {
    fail(Result::malformed);
    return stack_.size();
  }
  const std::size_t begin = marks_.back();
  marks_.truncate(marks_.size() - 1);
  fence_ = marks_.empty() ? 0 : marks_.back();
  return begin;
}

void PickleStack::pop_one_or_mark() {
  if (!marks_.empty() && marks_.back() == stack_.size()) {
    pop_mark();
  } else {
    pop();
  }
}

void PickleStack::check_keys(std::size_t begin) {
  if ((stack_.size() - begin) % 2 != 0) return fail(Result::malformed);
  for (std::size_t i = begin; i < stack_.size(); i += 2) {
    if (!is_hashable(values_[stack_[i]])) return fail(Result::malformed);
  }
}

// Appends everything on the stack from `begin` on to `container`.
void PickleStack::link_from(std::size_t begin, PickleValue& container) {
  const std::size_t count = stack_.size() - begin;
  if (container.is(PickleKind::dict)) check_keys(begin);
  if (count > cells_.room()) fail(Result::too_large);
  if (count == 0 || result_ != Result::whole) return;
  const auto first = static_cast<std::uint32_t>(cells_.size());
  std::uint32_t last = first;
  for (std::size_t i = begin; i < stack_.size(); ++i) cells_.push({stack_[i], ++last});
  cells_[--last].next = kNowhere;
  if (container.size == 0) {
    container.chain.first = first;
  } else {
    cells_[container.chain.last].next = first;
  }
  container.chain.last = last;
  container.size += static_cast<std::uint32_t>(count);
}

void PickleStack::collect(PickleKind kind, std::size_t begin) {
  PickleValue value(kind);
  link_from(begin, value);
  stack_.truncate(begin);
  push(value);
}

void PickleStack::collect_top(std::size_t count) {
  if (stack_.size() - fence_ < count) return fail(Result::malformed);
  collect(PickleKind::tuple, stack_.size() - count);
}

void PickleStack::extend(PickleKind kind, std::size_t count) {
  if (stack_.size() - fence_ <= count) return fail(Result::malformed);
  const std::size_t begin = stack_.size() - count;
  PickleValue& container = values_[stack_[begin - 1]];
  if (container.is(kind)) {
    link_from(begin, container);
  } else if (!container.is(PickleKind::opaque)) {
    fail(Result::malformed);
  }
  stack_.truncate(begin);
}

void PickleStack::get(std::uint64_t key) {
  if (key >= memo_.size() || memo_[key].pickle != pickle_) return fail(Result::malformed);
  push(memo_[key].value);
}

}  // namespace logsniffd::record::python
