#include "daemon/framing/partial.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace logsniffd::framing {
namespace {

constexpr std::size_t kLeastBytes = 64;

std::uint64_t budget_left(const FramingContext& context) {
  return context.limits.partial_bytes - std::min(context.limits.partial_bytes, context.counters.partial_bytes.get());
}

// Makes room for `needed` bytes in all, or as many as the budget allows. Drops the bytes before `begin`.
void grow(FramingContext& context, Partial& partial, std::size_t needed, std::size_t most_bytes) {
  const std::size_t held = partial.bytes.capacity();
  const std::size_t wanted = std::min(std::max(std::bit_ceil(needed), kLeastBytes), most_bytes);
  const std::uint64_t affordable = held + budget_left(context);
  const auto capacity = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, affordable));
  if (capacity <= held) return;
  Buffer grown;
  grown.reserve(capacity);
  const Bytes live = partial.view();
  grown.assign(live.begin(), live.end());
  context.counters.partial_bytes.add(grown.capacity() - held);
  partial.bytes = std::move(grown);
  partial.begin = 0;
}

// REQUIRED: `more` bytes do not fit after the held ones. Moves the bytes to the front if that is worth its cost, and
// grows otherwise. Each byte is moved a bounded number of times.
void make_room(FramingContext& context, Partial& partial, std::size_t more, std::size_t most_bytes) {
  const std::size_t needed = partial.size() + more;
  if (partial.begin < partial.size() || needed > partial.bytes.capacity()) {
    const std::size_t slack = partial.begin > 0 ? most_bytes : 0;
    grow(context, partial, needed, most_bytes + slack);
  }
  if (partial.bytes.size() + more <= partial.bytes.capacity()) return;
  partial.bytes.erase(partial.bytes.begin(), partial.bytes.begin() + static_cast<std::ptrdiff_t>(partial.begin));
  partial.begin = 0;
}

}  // namespace

std::size_t hold(FramingContext& context, std::unique_ptr<Partial>& partial, Bytes more, std::size_t most_bytes) {
  const std::size_t size = partial ? partial->size() : 0;
  more = more.first(std::min(more.size(), most_bytes - std::min(most_bytes, size)));
  if (more.empty()) return 0;
  if (!partial) {
    if (budget_left(context) == 0) return 0;
    partial = context.spare.take(budget_left(context));
    context.counters.partial_bytes.add(partial->bytes.capacity());
  }
  Buffer& bytes = partial->bytes;
  if (bytes.size() + more.size() > bytes.capacity()) make_room(context, *partial, more.size(), most_bytes);
  const std::size_t taken = std::min(more.size(), bytes.capacity() - bytes.size());
  bytes.insert(bytes.end(), more.begin(), more.begin() + static_cast<std::ptrdiff_t>(taken));
  return taken;
}

void release(FramingContext& context, std::unique_ptr<Partial> partial) {
  if (!partial) return;
  context.counters.partial_bytes.subtract(partial->bytes.capacity());
  context.spare.give(std::move(partial));
}

}  // namespace logsniffd::framing
