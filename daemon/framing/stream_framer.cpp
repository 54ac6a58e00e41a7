#include "daemon/framing/stream_framer.hpp"

#include <cassert>
#include <utility>

#include "daemon/framing/proxy_header.hpp"

namespace logsniffd::framing {

StreamFramer::StreamFramer(const FramingOptions& options, bool joined_late)
    : framer_(first_framer(options, joined_late)),
      damage_(joined_late ? Integrity::joined_late : Integrity::whole),
      at_start_(true) {}

StreamFramer::Framer StreamFramer::first_framer(const FramingOptions& options, bool joined_late) {
  switch (options.method) {
    case Method::automatic:
    case Method::datagram:
      break;
    case Method::lines:
    case Method::nul:
      return DelimitedFramer(options, {.terminator = Terminator::configured});
    case Method::octet:
      return CountedFramer(Decision{}, joined_late);
    case Method::length:
      return LengthFramer(options.length, joined_late);
  }
  return Detector(Decision{});
}

Bytes StreamFramer::Foreign::cut(FramerCall& call, Bytes bytes) {
  call.context.counters.foreign_bytes.add(bytes.size());
  return {};
}

void StreamFramer::bytes(FramingContext& context, const FramingOptions& options, Bytes bytes, FrameObserver& observer) {
  FramerCall call{context, options, observer, damage_};
  call.fresh = bytes.data();
  while (partial_ && !bytes.empty()) bytes = resume(call, bytes);
  if (bytes.empty()) return;
  bytes = cut(call, bytes);
  if (!bytes.empty()) keep(call, bytes);
}

void StreamFramer::gap(FramingContext& context, const FramingOptions& options, FrameObserver& observer) {
  FramerCall call{context, options, observer, damage_};
  call.final = true;
  flush(call);
  damage_ = Integrity::gap;
  at_start_ = false;
  std::visit([&](auto& framer) { framer.gap(call); }, framer_);
  pass_on(call, std::exchange(call.next, {}));
}

void StreamFramer::end(FramingContext& context, const FramingOptions& options, FrameObserver& observer) {
  FramerCall call{context, options, observer, damage_};
  call.final = call.ended = true;
  flush(call);
}

void StreamFramer::quiet(FramingContext& context, const FramingOptions& options, FrameObserver& observer) {
  if (!waits_for_quiet()) return;
  FramerCall call{context, options, observer, damage_};
  call.quiet = true;
  cut_held(call);
}

bool StreamFramer::waits_for_quiet() const {
  return partial_ && std::visit([](const auto& framer) { return framer.waits_for_quiet(); }, framer_);
}

// Cuts what is held as far as possible. The rest has the mark.
void StreamFramer::flush(FramerCall& call) {
  if (!partial_) return;
  std::unique_ptr<Partial> held = std::move(partial_);
  emit_rest(call, cut(call, held->view()));
  release(call.context, std::move(held));
}

// Adds the useful bytes to what is held, and examines it again. A header takes no more than its own bytes, so that its
// record stays where it lies.
Bytes StreamFramer::resume(FramerCall& call, Bytes bytes) {
  if (auto* const lines = std::get_if<DelimitedFramer>(&framer_)) {
    if (lines->is_inside_line(partial_->size()) && !at_start_) {
      const Bytes line = bytes.first(lines->line_bytes(call, bytes));
      if (!lines->holds_other(line)) return resume_line(call, *lines, bytes, line.size());
    }
  }
  struct Appetite {
    std::size_t useful;
    std::size_t most;
  };
  auto [useful, most] = std::visit(
      [&](const auto& framer) {
        return Appetite{framer.wants(call, bytes), framer.most_held(call)};
      },
      framer_);
  if (at_start_) [[unlikely]] {
    useful = bytes.size();
    most = most_held(call);
  }
  const std::size_t before = partial_->size();
  const std::size_t missing = partial_->wanted - std::min(partial_->wanted, before);
  if (useful == 0) useful = std::min(bytes.size(), std::max<std::size_t>(missing, 1));
  const std::size_t taken = hold(call.context, partial_, bytes.first(useful), most);
  const bool begins = call.fresh == bytes.data();
  bytes = bytes.subspan(taken);
  const bool full = taken < useful;
  if (!full && partial_->size() < partial_->wanted) return bytes;
  call.fresh = begins ? partial_->view().data() + before : nullptr;
  call.more = !bytes.empty();
  cut_held(call);
  call.more = false;
  if (full && partial_ && partial_->size() >= before + taken) {
    std::unique_ptr<Partial> held = std::move(partial_);
    give_up(call, held->view());
    release(call.context, std::move(held));
  }
  return bytes;
}

// The hot path of lines that cross calls. `size` bytes belong to the line. If these are all of `bytes`, the line
// continues after them.
Bytes StreamFramer::resume_line(FramerCall& call, DelimitedFramer& lines, Bytes bytes, std::size_t size) {
  const std::size_t taken = hold(call.context, partial_, bytes.first(size), lines.most_held(call));
  if (taken == size && size == bytes.size()) {
    lines.go_on(partial_->size());
    partial_->wanted = partial_->size() + 1;
    return {};
  }
  std::unique_ptr<Partial> held = std::move(partial_);
  if (taken == size) {
    lines.end_line(call, held->view());
  } else {
    give_up(call, held->view());
  }
  release(call.context, std::move(held));
  return bytes.subspan(taken == size ? size + 1 : taken);
}

std::size_t StreamFramer::most_held(const FramerCall& call) const {
  const std::size_t most = std::visit([&](const auto& framer) { return framer.most_held(call); }, framer_);
  return at_start_ ? std::max(most, kMaxProxyHeader) : most;
}

// Cuts what is held, and keeps the rest.
void StreamFramer::cut_held(FramerCall& call) {
  std::unique_ptr<Partial> window = std::move(partial_);
  const Bytes left = cut(call, window->view());
  if (left.empty()) return release(call.context, std::move(window));
  window->begin = window->bytes.size() - left.size();
  window->wanted = call.wanted;
  partial_ = std::move(window);
}

// Cuts as long as there are whole frames. Returns what has to be kept. REQUIRED: nothing is held.
Bytes StreamFramer::cut(FramerCall& call, Bytes bytes) {
  if (at_start_ && !bytes.empty()) [[unlikely]] {
    bytes = take_proxy_header(call, bytes);
    if (at_start_) return bytes;
  }
  while (!bytes.empty()) {
    auto* const lines = std::get_if<DelimitedFramer>(&framer_);  // most streams have lines
    bytes = lines != nullptr ? lines->cut(call, bytes)
                             : std::visit([&](auto& framer) { return framer.cut(call, bytes); }, framer_);
    if (call.next.to == Decision::To::same) break;
    pass_on(call, std::exchange(call.next, {}));
  }
  return bytes;
}

Bytes StreamFramer::take_proxy_header(FramerCall& call, Bytes bytes) {
  const ProxyHeader header = proxy_header_at(bytes);
  if (header.kind == ProxyHeader::Kind::incomplete && call.may_wait()) {
    (void)call.wait(bytes.size() + 1);
    return bytes;
  }
  at_start_ = false;
  constexpr std::size_t kTelling = 5;  // up to the NUL of the binary signature
  if (header.kind == ProxyHeader::Kind::incomplete && bytes[0] == '\r' && bytes.size() >= kTelling) {
    call.context.counters.skipped_bytes.add(bytes.size());  // the available part of the header
    return {};
  }
  if (header.kind != ProxyHeader::Kind::header) return bytes;
  call.overhead(header.size);
  call.context.counters.proxy_headers.add();
  if (damage_ == Integrity::joined_late) {  // nothing comes before it, although the handshake was not seen
    damage_ = Integrity::whole;
    framer_ = first_framer(call.options, false);
  }
  if (header.ends) call.observer.on_proxied(*header.ends);
  if (call.fresh == bytes.data()) call.fresh += header.size;
  return bytes.subspan(header.size);
}

// REQUIRED: nothing is held, and `bytes` is what cut() left.
void StreamFramer::keep(FramerCall& call, Bytes bytes) {
  const std::size_t taken = hold(call.context, partial_, bytes, most_held(call));
  if (taken == bytes.size()) {
    partial_->wanted = call.wanted;
    return;
  }
  release(call.context, std::move(partial_));
  give_up(call, bytes);
}

// There is no room for the needed bytes: the record is cut.
void StreamFramer::give_up(FramerCall& call, Bytes held) {
  at_start_ = false;
  std::visit([&](auto& framer) { framer.give_up(call, held); }, framer_);
  pass_on(call, std::exchange(call.next, {}));
}

void StreamFramer::pass_on(const FramerCall& call, const Decision& decision) {
  switch (decision.to) {
    case Decision::To::same:
      break;
    case Decision::To::detector:
      framer_ = Detector(decision);
      break;
    case Decision::To::delimited:
      framer_ = DelimitedFramer(call.options, decision);
      break;
    case Decision::To::counted:
      framer_ = CountedFramer(decision, false);
      break;
    case Decision::To::length:
      framer_ = LengthFramer(decision.format, false);
      break;
    case Decision::To::json:
      framer_ = JsonFramer(decision.search, decision.several_lines);
      break;
    case Decision::To::priority:
      framer_ = PriorityFramer(decision.header);
      break;
    case Decision::To::foreign:
      framer_ = Foreign();
      break;
  }
}

}  // namespace logsniffd::framing
