// The output of framers as text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/framing/stream_framer.hpp"

namespace logsniffd::framing {

// Frames as text, with their mark if they are not whole: "text", "text|gap"; foreign content as "!tls".
class Frames final : public FrameObserver {
 public:
  void on_frame(Bytes frame, Integrity integrity) override {
    bytes += frame.size();
    if (!keep) return;
    std::string text(as_text(frame));
    if (integrity != Integrity::whole) text += "|" + std::string(to_string(integrity));
    all.push_back(std::move(text));
  }
  void on_foreign(Foreign what) override {
    all.push_back("!" + std::string(kForeignNames[static_cast<std::size_t>(what)]));
  }
  void on_proxied(const ProxiedEnds& ends) override {
    proxied.push_back(ends.src.to_string() + " > " + ends.dst.to_string());
  }

  std::vector<std::string> all;
  std::vector<std::string> proxied;
  std::uint64_t bytes = 0;
  bool keep = true;
};

// A framer and everything that it needs.
struct Framing {
  explicit Framing(FramingOptions with, bool joined_late = false, std::uint64_t record_bytes = 1000)
      : options(with), context{{record_bytes, 1U << 20}, {}}, framer(with, joined_late) {}

  Framing& feed(std::string_view text) {
    framer.bytes(context, options, as_bytes(text), frames);
    given += text.size();
    return *this;
  }
  Framing& gap() {
    framer.gap(context, options, frames);
    return *this;
  }
  Framing& quiet() {
    framer.quiet(context, options, frames);
    return *this;
  }
  Framing& end() {
    framer.end(context, options, frames);
    return *this;
  }
  [[nodiscard]] std::uint64_t decided(Evidence evidence) const {
    return context.counters.decided[static_cast<std::size_t>(evidence)].get();
  }
  [[nodiscard]] std::uint64_t accounted() const {
    const FramingCounters& c = context.counters;
    return frames.bytes + c.overhead_bytes.get() + c.skipped_bytes.get() + c.resync_skipped_bytes.get() +
           c.foreign_bytes.get();
  }

  FramingOptions options;
  FramingContext context;
  Frames frames;
  StreamFramer framer;
  std::uint64_t given = 0;
};

}  // namespace logsniffd::framing
