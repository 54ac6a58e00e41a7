// Finds connections by their key.
//
// An entry is eight bytes: the connection's slot and the hash of its key. So growth touches no connection, and a
// look-up touches one only if the hash is equal.
//
// THREAD  confined to the capture worker that owns it.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <cstdint>

#include "daemon/base/slab_pool.hpp"
#include "daemon/tcp/connection.hpp"

namespace logsniffd::tcp {

class FlowIndex {
 public:
  struct Entry {
    std::uint32_t slot;
    std::uint32_t hash;
  };

  explicit FlowIndex(SlabPool<Connection>& connections)  // must outlive it
      : connections_(connections), entries_(0, Hash(), Equal{connections}) {}

  [[nodiscard]] Connection* find(const FlowKey& key, std::uint32_t hash) { return find_as(Wanted{key, hash}); }
  // The connection that the next find() will most likely examine; does not access the connection itself.
  [[nodiscard]] Connection* find_likely(std::uint32_t hash) { return find_as(Likely{hash}); }
  void prefetch(std::uint32_t hash) const { entries_.prefetch(Likely{hash}); }

  // REQUIRED: the key is not in the index.
  void insert(const Connection& connection, std::uint32_t hash) { entries_.insert(Entry{connection.slot, hash}); }
  void erase(const Connection& connection, std::uint32_t hash) {
    entries_.erase(entries_.find(Wanted{connection.key, hash}));
  }

  // REQUIRED: `visit` neither inserts nor erases.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Entry& entry : entries_) visit(connections_[entry.slot]);
  }

 private:
  struct Wanted {
    const FlowKey& key;
    std::uint32_t hash;
  };
  struct Likely {
    std::uint32_t hash;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Entry& entry) const { return entry.hash; }
    std::size_t operator()(const Wanted& wanted) const { return wanted.hash; }
    std::size_t operator()(const Likely& likely) const { return likely.hash; }
  };
  struct Equal {
    using is_transparent = void;
    const SlabPool<Connection>& connections;
    bool operator()(const Entry& a, const Entry& b) const { return a.slot == b.slot; }
    bool operator()(const Entry& a, const Wanted& b) const {
      return a.hash == b.hash && connections[a.slot].key == b.key;
    }
    bool operator()(const Entry& a, const Likely& b) const { return a.hash == b.hash; }
  };

  template <class Key>
  Connection* find_as(const Key& key) {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &connections_[found->slot];
  }

  SlabPool<Connection>& connections_;
  absl::flat_hash_set<Entry, Hash, Equal, HugePageAllocator<Entry>> entries_;
};

}  // namespace logsniffd::tcp
