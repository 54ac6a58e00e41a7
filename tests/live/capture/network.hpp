// A network for each test: a fresh namespace, senders in it, and what a LiveSource sees of it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/base/unique_fd.hpp"
#include "daemon/capture/live_source.hpp"
#include "tests/support/packet_builder.hpp"

namespace logsniffd::capture {

// Counts the numbered datagrams ("number 000042") among its packets.
class Numbers final : public PacketObserver {
 public:
  void on_packet(const RawPacket& packet) override;

  struct Seen {
    std::map<int, int> times;  // by number
    std::uint32_t interface_id = 0;
  };
  [[nodiscard]] std::size_t distinct() const;
  [[nodiscard]] std::size_t total() const;
  [[nodiscard]] bool has(int number) const;

  std::map<std::string, Seen> by_interface;
  PacketTime last_captured_at{};
  std::size_t last_size = 0;
  std::uint32_t last_original_length = 0;
  std::size_t others = 0;  // packets that are not numbered datagrams
};

// Sends numbered datagrams to 127.0.0.1.
class UdpSender {
 public:
  explicit UdpSender(std::uint16_t port);
  void send(int number) const;
  void send_all(int first, int count) const {
    for (int i = first; i < first + count; ++i) send(i);
  }

 private:
  UniqueFd socket_;
  std::uint16_t port_;
};

// Sends frames on an interface. REQUIRED: it exists and is up.
class FrameSender {
 public:
  explicit FrameSender(const std::string& interface);
  void send(const test::Packet& frame) const;

 private:
  UniqueFd socket_;
};

std::string numbered(int number);
test::Packet numbered_datagram(int number, std::uint16_t port = 9000);  // an IP packet
test::Packet numbered_frame(int number, const std::vector<std::uint16_t>& vlan_ids = {});

class Network : public ::testing::Test {
 protected:
  void SetUp() override;  // an empty namespace, lo up

  static void run(const std::string& command);  // a shell command, which must succeed
  static void add_veth_pair();                  // va and vb, both up

  // Fails the test if the source cannot be opened.
  void open(LiveOptions options);
  static LiveOptions options(std::vector<std::string> interfaces, std::uint16_t udp_port = 9000);

  // Reads as a capture worker does, until `done` or the deadline. Returns done().
  bool read_until(const std::function<bool()>& done, std::chrono::milliseconds deadline = std::chrono::seconds(8));
  // Reads for as long as the kernel may hold back a partly filled block, then to the end.
  void drain();
  bool wait_for(const std::string& event) {
    return read_until([&] { return events.contains(event); });
  }

  std::unique_ptr<LiveSource> source;
  Numbers numbers;
  std::set<std::string> events;  // "va vanished"
  int wake_ups = 0;
};

}  // namespace logsniffd::capture
