// Recycles objects that one thread fills and others release, and the reference counts with which these share them: in
// the steady state nothing is allocated.
//
// THREAD  acquire() and share() on the owner's thread; the shared pointers may die on any.
// BOUNDS  keeps at most kKept idle objects, and as many counts; anything beyond that is freed when it comes back.
#pragma once

#include <boost/lockfree/stack.hpp>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace logsniffd::queue {

template <class T>
class Pool {
 public:
  static constexpr std::size_t kKept = 64;

  // Returns an object in the state in which its last user left it, or a new one.
  [[nodiscard]] std::unique_ptr<T> acquire() {
    T* recycled = nullptr;
    if (idle_->objects.pop(recycled)) return std::unique_ptr<T>(recycled);
    return std::make_unique<T>();
  }

  // From now on the object is immutable, and it comes back to the pool when its last user releases it. It is shared
  // because several sink workers read one batch at the same time, and none of them knows which is last.
  [[nodiscard]] std::shared_ptr<const T> share(std::unique_ptr<T> object) {
    return std::shared_ptr<const T>(object.release(), GiveBack{idle_.get()}, CountMemory<T>{idle_});
  }

 private:
  // Room for one reference count and its data.
  struct Count {
    alignas(std::max_align_t) std::byte memory[96];
  };

  struct Idle {
    boost::lockfree::stack<T*, boost::lockfree::capacity<kKept>> objects;
    boost::lockfree::stack<Count*, boost::lockfree::capacity<kKept>> counts;
    ~Idle() {
      objects.consume_all([](T* object) { delete object; });
      counts.consume_all([](Count* count) { delete count; });
    }
  };

  struct GiveBack {
    Idle* idle;  // kept alive by the CountMemory of the same shared pointer
    void operator()(const T* done) const {
      T* const mine = const_cast<T*>(done);  // it was a mutable T before it was shared
      if (!idle->objects.bounded_push(mine)) delete mine;
    }
  };

  // The allocator of the reference counts.
  template <class U>
  struct CountMemory {
    using value_type = U;

    explicit CountMemory(std::shared_ptr<Idle> owner) : idle(std::move(owner)) {}
    template <class V>
    CountMemory(const CountMemory<V>& other) : idle(other.idle) {}

    U* allocate(std::size_t) {  // the library requests one at a time
      static_assert(sizeof(U) <= sizeof(Count) && alignof(U) <= alignof(Count));
      Count* count = nullptr;
      if (!idle->counts.pop(count)) count = new Count;
      return static_cast<U*>(static_cast<void*>(count));
    }
    void deallocate(U* memory, std::size_t) {
      auto* const count = static_cast<Count*>(static_cast<void*>(memory));
      if (!idle->counts.bounded_push(count)) delete count;
    }
    friend bool operator==(const CountMemory& a, const CountMemory& b) { return a.idle == b.idle; }

    std::shared_ptr<Idle> idle;  // shared, because counts may come back after the pool is gone
  };

  std::shared_ptr<Idle> idle_ = std::make_shared<Idle>();
};

}  // namespace logsniffd::queue
