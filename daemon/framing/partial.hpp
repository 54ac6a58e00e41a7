// Bytes of a stream that wait for more: a frame that crosses calls, or bytes that do not prove yet what they are.
//
// BOUNDS  the memory of all partials is at most limits.partial_bytes. A buffer grows to the next power of two, never
//         beyond what its user may need nor beyond what is left of that limit. Bytes that are announced and have not
//         come take none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "daemon/base/time.hpp"
#include "daemon/framing/framing.hpp"

namespace logsniffd::framing {

struct Partial {
  Buffer bytes;
  std::size_t begin = 0;   // the bytes before it are done
  std::size_t wanted = 0;  // how many held bytes are needed before it is worth examining them again
  PacketTime since{};      // StreamFramer::held_since()

  [[nodiscard]] Bytes view() const { return Bytes(bytes).subspan(begin); }
  [[nodiscard]] std::size_t size() const { return bytes.size() - begin; }
};

// Appends as much of `more` as `most_bytes` in all and the limit of the context allow, and returns how much that was.
// Makes a null `partial` if there is something to hold.
[[nodiscard]] std::size_t hold(FramingContext& context, std::unique_ptr<Partial>& partial, Bytes more,
                               std::size_t most_bytes);

// Null is allowed.
void release(FramingContext& context, std::unique_ptr<Partial> partial);

}  // namespace logsniffd::framing
