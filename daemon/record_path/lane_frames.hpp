// Takes the frames of one lane during one call of its framer, and gives each its origin.
//
// THREAD    confined to the capture worker.
// LIFETIME  for the length of one call of a framer.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "daemon/framing/frame.hpp"
#include "daemon/record_path/record_path.hpp"

namespace logsniffd::record_path {

class RecordPath::LaneFrames final : public framing::FrameObserver {
 public:
  LaneFrames(RecordPath& path, const framing::RecordOrigin& origin)
      : path_(path), origin_(origin), held_since_(origin.seen_at), earlier_(origin.seen_at) {}
  // `held_since`: when the first byte that the framer holds was captured. `earlier`: when the bytes before those of
  // this call were captured.
  LaneFrames(RecordPath& path, const tcp::StreamView& view, const Stream& stream, std::uint8_t lane,
             PacketTime held_since, PacketTime earlier)
      : path_(path), origin_(path.origin_of(view, stream, lane)), held_since_(held_since), earlier_(earlier) {}
  LaneFrames(RecordPath& path, const tcp::StreamView& view, const Stream& stream, std::uint8_t lane)
      : LaneFrames(path, view, stream, lane, stream.last_bytes_at, stream.last_bytes_at) {}

  void on_frame(Bytes frame, Integrity integrity) override {
    framed_ = true;
    path_.on_frame(origin_, frame, integrity);
  }
  void on_lines(Bytes run, std::span<const std::uint32_t> sizes) override {
    if (!path_.knows_short_way(origin_) || run.back() != '\n') return FrameObserver::on_lines(run, sizes);
    framed_ = true;
    while (true) {
      path_.put_lines(origin_, run, sizes);
      if (sizes.empty()) [[likely]]
        return;
      on_frame(run.first(sizes[0]), Integrity::whole);
      run = run.subspan(sizes[0] + std::size_t{1});
      sizes = sizes.subspan(1);
    }
  }
  // The first of several held frames began at `held_since`; the others are of the segment before this one.
  void on_held_frame(Bytes frame, Integrity integrity) override {
    const PacketTime seen_at = std::exchange(origin_.seen_at, std::exchange(held_since_, earlier_));
    on_frame(frame, integrity);
    origin_.seen_at = seen_at;
  }
  void on_foreign(framing::Foreign what) override { path_.on_foreign(origin_, what); }
  void on_proxied(const framing::ProxiedEnds& ends) override { path_.on_proxied(origin_, ends); }

  [[nodiscard]] const framing::RecordOrigin& origin() const { return origin_; }
  // True if a frame was given out.
  [[nodiscard]] bool framed() const { return framed_; }

 private:
  RecordPath& path_;
  framing::RecordOrigin origin_;
  PacketTime held_since_;
  PacketTime earlier_;
  bool framed_ = false;
};

}  // namespace logsniffd::record_path
