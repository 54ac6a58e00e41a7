// Recycles objects that one thread fills and others release, and the reference counts with which these share them: in
// the steady state nothing is allocated.
//
// THREAD  acquire() and share() on the owner's thread; the shared pointers may die on any. No thread waits for another:
//         who finds the list of idle objects in use allocates or frees instead.
// BOUNDS  keeps at most kKept idle objects, and as many counts; anything beyond that is freed when it comes back.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace logsniffd::queue {

template <class T>
class Pool {
 public:
  static constexpr std::size_t kKept = 64;

  // Returns an object in the state in which its last user left it, or a new one.
  [[nodiscard]] std::unique_ptr<T> acquire() {
    if (auto recycled = idle_->objects.take()) return recycled;
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

  // Idle objects of one kind.
  template <class U>
  class Shelf {
   public:
    Shelf() { kept_.reserve(kKept); }

    // Returns null where there is none, or another thread is at the shelf.
    [[nodiscard]] std::unique_ptr<U> take() {
      const std::unique_lock lock(mutex_, std::try_to_lock);
      if (!lock || kept_.empty()) return nullptr;
      auto taken = std::move(kept_.back());
      kept_.pop_back();
      return taken;
    }

    // Frees the object where the shelf is full, or another thread is at it.
    void put(std::unique_ptr<U> object) {
      const std::unique_lock lock(mutex_, std::try_to_lock);
      if (lock && kept_.size() < kKept) kept_.push_back(std::move(object));
    }

   private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<U>> kept_;
  };

  struct Idle {
    Shelf<T> objects;
    Shelf<Count> counts;
  };

  struct GiveBack {
    Idle* idle;  // kept alive by the CountMemory of the same shared pointer
    void operator()(const T* done) const {
      idle->objects.put(std::unique_ptr<T>(const_cast<T*>(done)));  // it was a mutable T before it was shared
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
      std::unique_ptr<Count> count = idle->counts.take();
      if (count == nullptr) count = std::make_unique<Count>();
      return static_cast<U*>(static_cast<void*>(count.release()));
    }
    void deallocate(U* memory, std::size_t) {
      idle->counts.put(std::unique_ptr<Count>(static_cast<Count*>(static_cast<void*>(memory))));
    }
    friend bool operator==(const CountMemory& a, const CountMemory& b) { return a.idle == b.idle; }

    std::shared_ptr<Idle> idle;  // shared, because counts may come back after the pool is gone
  };

  std::shared_ptr<Idle> idle_ = std::make_shared<Idle>();
};

}  // namespace logsniffd::queue
