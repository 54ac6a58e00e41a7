// Recycles objects that one thread fills and others let go of.
//
// THREAD  acquire() and share() on the owner's thread; the shared pointers may die on any.
// BOUNDS  keeps at most kKept idle objects; what comes back beyond that is freed.
#pragma once

#include <boost/lockfree/stack.hpp>
#include <memory>
#include <utility>

namespace logsniffd::queue {

template <class T>
class Pool {
 public:
  static constexpr std::size_t kKept = 64;

  // An object in the state in which its last user left it, or a new one.
  [[nodiscard]] std::unique_ptr<T> acquire() {
    T* recycled = nullptr;
    if (idle_->stack.pop(recycled)) return std::unique_ptr<T>(recycled);
    return std::make_unique<T>();
  }

  // From now on it is immutable, and comes back to the pool when the last of its users lets go.
  // Shared: several sink workers read one batch at the same time, and none of them knows which is last.
  [[nodiscard]] std::shared_ptr<const T> share(std::unique_ptr<T> object) {
    return {object.release(), [idle = idle_](const T* done) {
              T* const mine = const_cast<T*>(done);  // it was a mutable T before it was shared
              if (!idle->stack.bounded_push(mine)) delete mine;
            }};
  }

 private:
  struct Idle {
    boost::lockfree::stack<T*, boost::lockfree::capacity<kKept>> stack;
    ~Idle() {
      stack.consume_all([](T* object) { delete object; });
    }
  };
  std::shared_ptr<Idle> idle_ = std::make_shared<Idle>();  // shared: objects may come back after the pool is gone
};

}  // namespace logsniffd::queue
