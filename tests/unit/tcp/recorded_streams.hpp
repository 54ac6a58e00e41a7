// Records the events of StreamObserver, and checks their grammar.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.hpp"
#include "daemon/tcp/stream_observer.hpp"

namespace logsniffd::tcp::test {

// One stream as text: bytes as they are, gaps as "<gap N>", a break without a known loss as "<break>", the end as
// "<fin>", "<reset>", ...
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
    std::string& text = at(stream);
    if (!input.empty() && text.ends_with("<break>")) {
      const std::ptrdiff_t offset = as_text(bytes).data() - input.data();
      EXPECT_TRUE(offset >= 0 && offset < static_cast<std::ptrdiff_t>(input.size()));
      text += "<at " + std::to_string(offset) + ">";
    }
    text += as_text(bytes);
  }
  void on_gap(const StreamView& stream, std::uint64_t missing, PacketTime) override {
    at(stream) += missing > 0 ? "<gap " + std::to_string(missing) + ">" : "<break>";
    gap_bytes += missing;
  }
  void on_end(const StreamView& stream, StreamEnd end, PacketTime) override {
    static constexpr const char* kNames[] = {"<fin>", "<reset>", "<replaced>", "<idle>", "<evicted>", "<shutdown>"};
    at(stream) += kNames[static_cast<std::size_t>(end)];
    open_.erase(stream.id.index());
  }

  void on_unread(StreamId id, const FlowKey& key, std::optional<StreamHandle> open, Unread why,
                 std::uint64_t bytes) override {
    static constexpr const char* kNames[] = {"late", "after_end", "outside_window"};
    EXPECT_GT(bytes, 0U);
    EXPECT_TRUE(!open || open_.contains(id.index()));
    EXPECT_EQ(open.value_or(handle_of(id)), handle_of(id));
    const std::string port = std::to_string(flow_of(key, id.direction).src.port);
    unread.push_back(port + " " + std::to_string(bytes) + " " + kNames[static_cast<std::size_t>(why)] +
                     (open ? "" : ", of no open stream"));
    unread_bytes[static_cast<std::size_t>(why)] += bytes;
  }

  [[nodiscard]] std::uint64_t unread_as(Unread why) const { return unread_bytes[static_cast<std::size_t>(why)]; }
  [[nodiscard]] std::size_t open_count() const { return open_.size(); }

  // If set, payloads are views of it, and "<at N>" after a break shows where the stream continues.
  std::string_view input;
  std::vector<std::string> all;  // in the order of their opening
  std::vector<Flow> flows;
  std::map<std::uint16_t, bool> unwanted_ports;
  std::uint64_t gap_bytes = 0;
  std::vector<std::string> unread;              // "40000 9 late": the sender's port, how many bytes, and why
  std::array<std::uint64_t, 3> unread_bytes{};  // by Unread
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
