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
  bool on_open(StreamId id, const Flow& flow, StreamStart start) override {
    EXPECT_FALSE(open_.contains(id.index())) << "opened twice";
    if (unwanted_ports.contains(flow.dst.port)) return false;
    open_[id.index()] = all.size();
    all.emplace_back(start == StreamStart::mid_stream ? "<mid>" : "");
    flows.push_back(flow);
    return true;
  }
  void on_bytes(StreamId id, Bytes bytes, PacketTime seen_at) override {
    last_bytes_at = seen_at;
    EXPECT_FALSE(bytes.empty());
    at(id) += as_text(bytes);
  }
  void on_gap(StreamId id, std::uint64_t missing, PacketTime) override {
    EXPECT_GT(missing, 0U);
    at(id) += "<gap " + std::to_string(missing) + ">";
    gap_bytes += missing;
  }
  void on_end(StreamId id, StreamEnd end, PacketTime) override {
    static constexpr const char* kNames[] = {"<fin>", "<reset>", "<replaced>", "<idle>", "<evicted>", "<shutdown>"};
    at(id) += kNames[static_cast<std::size_t>(end)];
    open_.erase(id.index());
  }

  [[nodiscard]] std::size_t open_count() const { return open_.size(); }

  std::vector<std::string> all;  // in the order in which they opened
  std::vector<Flow> flows;
  std::map<std::uint16_t, bool> unwanted_ports;
  std::uint64_t gap_bytes = 0;
  PacketTime last_bytes_at{};

 private:
  std::string& at(StreamId id) {
    EXPECT_TRUE(open_.contains(id.index())) << "event of a stream that is not open";
    return all[open_[id.index()]];
  }
  std::map<std::size_t, std::size_t> open_;
};

}  // namespace logsniffd::tcp::test
