#include "daemon/record/pickle_stack.hpp"

namespace logsniffd::record {
namespace {

// Python refuses a key that can change.
bool is_hashable(const PickleValue& value) {
  return !value.is(PickleKind::list) && !value.is(PickleKind::dict) && !value.is(PickleKind::set) &&
         !value.is(PickleKind::byte_array);
}

}  // namespace

PickleStack::PickleStack() {
  PickleValue boolean(PickleKind::boolean);
  values_.assign({PickleValue{}, boolean, boolean});
  values_[kTrue].integer = 1;
}

void PickleStack::reset() {
  values_.resize(kTrue + 1);
  cells_.clear();
  stack_.clear();
  marks_.clear();
  memo_.clear();
  fence_ = 0;
  result_ = Result::whole;
}

void PickleStack::fail(Result why) {
  if (result_ == Result::whole) result_ = why;
}

void PickleStack::push_opaque(Index module, Index name) {
  PickleValue value(PickleKind::opaque);
  link(value, module);
  link(value, name);
  push(value);
}

void PickleStack::push_opaque(std::string_view what) {
  PickleValue value(PickleKind::opaque);
  link(value, add(PickleValue(PickleKind::text, what)));
  push(value);
}

PickleStack::Index PickleStack::pop() {
  if (stack_.size() <= fence_) return top();  // fails
  const Index index = stack_.back();
  stack_.pop_back();
  return index;
}

void PickleStack::mark() {
  if (marks_.size() == kMaxItems) return fail(Result::too_large);
  fence_ = stack_.size();
  marks_.push_back(static_cast<std::uint32_t>(fence_));
}

std::size_t PickleStack::pop_mark() {
  if (marks_.empty()) {
    fail(Result::malformed);
    return stack_.size();
  }
  const std::size_t begin = marks_.back();
  marks_.pop_back();
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

void PickleStack::link(PickleValue& container, Index item) {
  if (cells_.size() == kMaxItems) return fail(Result::too_large);
  const auto cell = static_cast<std::uint32_t>(cells_.size());
  cells_.push_back({item, kNowhere});
  if (container.size == 0) {
    container.chain = {cell, cell};
  } else {
    cells_[container.chain.last].next = cell;
    container.chain.last = cell;
  }
  ++container.size;
}

void PickleStack::check_pairs(std::size_t begin) {
  if ((stack_.size() - begin) % 2 != 0) fail(Result::malformed);
  for (std::size_t i = begin; i < stack_.size(); i += 2) {
    if (!is_hashable(values_[stack_[i]])) fail(Result::malformed);
  }
}

void PickleStack::collect(PickleKind kind, std::size_t begin) {
  PickleValue value(kind);
  if (kind == PickleKind::dict) check_pairs(begin);
  for (std::size_t i = begin; i < stack_.size(); ++i) link(value, stack_[i]);
  stack_.resize(begin);
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
    if (kind == PickleKind::dict) check_pairs(begin);
    for (std::size_t i = begin; i < stack_.size(); ++i) link(container, stack_[i]);
  } else if (!container.is(PickleKind::opaque)) {
    fail(Result::malformed);
  }
  stack_.resize(begin);
}

void PickleStack::get(std::uint64_t key) {
  if (key >= memo_.size() || memo_[key] == kNowhere) return fail(Result::malformed);
  push(memo_[key]);
}

}  // namespace logsniffd::record
