// Writes down the events of StreamObserver, and checks their grammar while it does.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/tcp/stream_observer.hpp"

namespace logsniffd::tcp::test {

// One stream as text: bytes as they are, gaps as "<gap N>", the end as "<fin>", "<reset>", ...
class RecordedStreams final : public StreamObserver {
 public:
  std::optional<StreamHandle> on_open(StreamId id, const Flow& flow, StreamStart start) override {
    EXPECT_FALSE(open_.contains(id.index())) << "opened twice";
    if (unwanted_ports.contains(flow.dst.port)) return std::nullopt;
    open_[id.index()] = all.size();
    all.emplace_back(start == StreamStart::mid_stream ? "<mid>" : "");
    flows.push_back(flow);
    return handle_of(id);
  }
  void on_bytes(const StreamView& stream, Bytes bytes, PacketTime seen_at) override {
    last_bytes_at = seen_at;
    EXPECT_FALSE(bytes.empty());
    at(stream) += as_text(bytes);
  }
  void on_gap(const StreamView& stream, std::uint64_t missing, PacketTime) override {
    EXPECT_GT(missing, 0U);
    at(stream) += "<gap " + std::to_string(missing) + ">";
    gap_bytes += missing;
  }
  void on_end(const StreamView& stream, StreamEnd end, PacketTime) override {
    static constexpr const char* kNames[] = {"<fin>", "<reset>", "<replaced>", "<idle>", "<evicted>", "<shutdown>"};
    at(stream) += kNames[static_cast<std::size_t>(end)];
    open_.erase(stream.id.index());
  }

  [[nodiscard]] std::size_t open_count() const { return open_.size(); }

  std::vector<std::string> all;  // in the order in which they opened
  std::vector<Flow> flows;
  std::map<std::uint16_t, bool> unwanted_ports;
  std::uint64_t gap_bytes = 0;
  PacketTime last_bytes_at{};

 private:
  static StreamHandle handle_of(StreamId id) { return static_cast<StreamHandle>(id.index() + 1000); }
  std::string& at(const StreamView& stream) {
    EXPECT_TRUE(open_.contains(stream.id.index())) << "event of a stream that is not open";
    EXPECT_EQ(stream.handle, handle_of(stream.id));
    return all[open_[stream.id.index()]];
  }
  std::map<std::size_t, std::size_t> open_;
};

}  // namespace logsniffd::tcp::test
