// The waiting messages of netconsole senders, those that wait longest first, and the memory that they take.
//
// BOUNDS  none of its own: the owner checks bytes() and size(). In addition, kSpares emptied messages with kSpareBytes
//         of buffers each are kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>

#include "daemon/base/counter.hpp"
#include "daemon/base/integrity.hpp"
#include "daemon/base/source_share.hpp"
#include "daemon/framing/netconsole_fragments.hpp"
#include "daemon/framing/record_origin.hpp"

namespace logsniffd::framing {

struct NetconsoleSender;

// A message, or a line that may continue.
struct HeldNetconsole : SourceShare::Held {
  NetconsoleSender* sender = nullptr;
  std::uint64_t seq = 0;
  RecordOrigin origin;
  PacketTime waits_since;
  Integrity integrity = Integrity::whole;  // of a message
  std::uint64_t datagrams = 0;
  bool fragmented = false;
  Buffer bytes;                   // of a line, without the lines of its dictionary
  Buffer dictionary;              // of a line
  NetconsoleFragments fragments;  // if it is fragmented
  std::uint64_t charged_bytes = 0;

  [[nodiscard]] bool complete() const { return !fragmented || fragments.complete(); }
};

class HeldNetconsoles {
 public:
  static constexpr std::size_t kSpares = 64;
  static constexpr std::size_t kSpareBytes = 4096;

  using List = std::list<HeldNetconsole>;
  using Place = List::iterator;

  HeldNetconsoles(Counter& datagrams, Counter& bytes, std::uint64_t secret)
      : datagrams_(datagrams), bytes_(bytes), share_(secret) {}
  ~HeldNetconsoles();

  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] std::size_t size() const { return list_.size(); }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_.get(); }
  [[nodiscard]] Place oldest() { return list_.begin(); }
  // The oldest message of the source that holds more than its share; null: none does.
  [[nodiscard]] HeldNetconsole* gives_way() { return static_cast<HeldNetconsole*>(share_.gives_way()); }

  // Adds a message, which waits from now on. Its buffers may hold something stale.
  [[nodiscard]] Place add(NetconsoleSender& sender, std::uint64_t seq, const RecordOrigin& origin);
  // The message has grown.
  void count(Place held, std::uint64_t datagrams);
  // The time of the message starts again.
  void renew(Place held, PacketTime now);
  // The message stops waiting and moves to `taken`, which is empty before.
  void take(Place held, List& taken);
  void give_back(List& taken);

 private:
  Counter& datagrams_;
  Counter& bytes_;
  List list_;
  List spares_;
  SourceShare share_;
};

}  // namespace logsniffd::framing
