// A capture worker and a set of sinks, connected as the collector connects them, while the configuration changes at
// random: sinks come, go and are redefined, filters change, files are reopened, one peer is never there (and sometimes
// has a spool), and packets do not stop. Whenever the ledger is read, every packet, byte and record is accounted for.
// At the end the targets hold what was counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <semaphore>

#include "daemon/app/capture_worker.hpp"
#include "daemon/app/ledger.hpp"
#include "daemon/app/sink_set.hpp"
#include "daemon/app/wiring.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/unit/app/stress.hpp"

namespace logsniffd::app::stress {
namespace {

using namespace std::chrono_literals;
using test::endpoint;
using test::Packet;

constexpr auto kPatience = 60s;
constexpr std::size_t kSenders = 6;

// Endless datagrams, and lines of connections with holes and retransmissions, numbered by sender.
class RandomTraffic final : public capture::PacketSource {
 public:
  explicit RandomTraffic(std::uint64_t seed) : dice_(seed) {
    for (std::uint16_t i = 0; i < kSenders; ++i) {
      talks_.emplace_back(Endpoint{endpoint("10.0.0.1:0").address, static_cast<std::uint16_t>(50'000 + i)},
                          endpoint("10.0.0.2:9988"));
      for (Packet& packet : talks_.back().handshake()) waiting_.push_back(std::move(packet));
    }
  }

  Expected<capture::ReadStatus> read(capture::PacketObserver& observer, std::size_t) override {
    for (const Packet& packet : std::exchange(waiting_, {})) hand(observer, packet);
    for (std::uint64_t left = dice_.below(300); left > 0; --left) one(observer);
    dropped_ += dice_.below(3);
    return dice_.once_in(10) ? capture::ReadStatus::idle : capture::ReadStatus::more;
  }
  [[nodiscard]] int wait_fd() const override { return -1; }
  [[nodiscard]] Duration wait_limit() const override { return 1ms; }
  [[nodiscard]] capture::CaptureStatistics statistics() override { return {dropped_, 0, 0}; }

 private:
  void one(capture::PacketObserver& observer) {
    const auto sender = static_cast<unsigned>(dice_.below(2 * kSenders));
    tell_number(text_, sender, serials_[sender]++, 20 + dice_.below(150));
    if (sender >= kSenders) {
      hand(observer, test::udp_packet(endpoint("10.0.0.3:40000"), endpoint("10.0.0.2:9988"), text_));
      return;
    }
    test::TcpConversation& talk = talks_[sender];
    const Packet packet = talk.client_says(text_ + "\n");
    if (dice_.once_in(40)) return;  // lost by the capture: a hole
    hand(observer, packet);
    if (dice_.once_in(20)) hand(observer, packet);
    if (dice_.once_in(4)) hand(observer, talk.server_acks());
    if (dice_.once_in(50)) hand(observer, Packet(7, 0x45));  // a truncated IP header
  }
  void hand(capture::PacketObserver& observer, const Packet& packet) {
    now_ += 20us;
    observer.on_packet({packet, static_cast<std::uint32_t>(packet.size()), now_, capture::LinkType::raw, 1, "eth0"});
  }

  Dice dice_;
  std::vector<test::TcpConversation> talks_;
  std::vector<Packet> waiting_;
  std::array<std::uint64_t, 2 * kSenders> serials_{};
  std::string text_;
  std::uint64_t dropped_ = 0;
  PacketTime now_{1'709'980'064s};
};

class Machine {
 public:
  explicit Machine(std::uint64_t seed)
      : dice_(seed),
        sinks_(
            directory_.path("stdout"), [](const std::string&, const std::string&) {}, [this] { ended_.release(); }) {
    CaptureWorkerOptions options;
    options.pipeline.limits = pipeline_limits(config::Limits{});
    options.pipeline.overload = record_path::Overload::drop;
    options.pipeline.linger = 50ms;
    worker_ = std::make_unique<CaptureWorker>(options, std::make_unique<RandomTraffic>(seed), [] {});
    const config::Config config = random_config();
    auto next = sinks_.prepare(config.sinks);
    EXPECT_TRUE(next);
    auto plan = make_plan(config, next->index(), false);
    EXPECT_TRUE(plan);
    EXPECT_TRUE(next->open());
    worker_->configure(std::move(*plan), next->outlets());
    sinks_.commit(std::move(*next));
    worker_->start();
  }

  void run() {
    for (std::size_t step = 0; step < 20; ++step) {
      read_ledger_often(1 + dice_.below(300));
      if (dice_.once_in(2)) reload();
      if (dice_.once_in(4)) sinks_.reopen();
      EXPECT_TRUE(worker_->responds(kPatience));
    }
    stop();
  }

  // Reads the ledger `times` times while packets come in, and expects that nothing is ever unaccounted.
  void read_ledger_often(std::size_t times) {
    for (; times > 0 && !testing::Test::HasFailure(); --times) {
      const Ledger now = ledger();
      expect_balanced(now);
      if (now.pipeline.packets.received.get() != last_.pipeline.packets.received.get()) ++instants_;
      EXPECT_GE(now.pipeline.packets.received.get(), last_.pipeline.packets.received.get());
      EXPECT_GE(now.pipeline.records.routed.get(), last_.pipeline.records.routed.get());
      for (const auto& [name, figures] : now.sinks) EXPECT_LE(figures.queued, figures.routed) << name;
      last_ = now;
    }
  }
  // The number of different states that were seen.
  [[nodiscard]] std::size_t instants() const { return instants_; }

  void stop() {
    const bool at_once = dice_.once_in(3);
    if (at_once) worker_->abandon();
    worker_->stop();
    const bool in_time = sinks_.stop(at_once ? Duration::zero() : Duration(kPatience));
    check(in_time);
  }

 private:
  // Reads the ledger as Collector::ledger() does.
  Ledger ledger() const {
    std::vector<NamedSinkFigures> sinks = sinks_.figures();
    const CaptureCounters counters = worker_->counters();
    Ledger ledger = read_ledger(counters.pipeline, counters.statistics());
    ledger.sinks = std::move(sinks);
    return ledger;
  }
  static void expect_balanced(const Ledger& ledger) {
    EXPECT_EQ(ledger.unaccounted_packets(), 0);
    EXPECT_EQ(ledger.unaccounted_bytes(), 0);
    EXPECT_EQ(ledger.unaccounted_records(), 0);
  }

  // Reloads as Collector::reload() does.
  void reload() {
    const config::Config config = random_config();
    auto next = sinks_.prepare(config.sinks);
    ASSERT_TRUE(next);
    auto plan = make_plan(config, next->index(), false);
    ASSERT_TRUE(plan);
    const Status opened = next->open();
    ASSERT_TRUE(opened) << opened.error().message();
    worker_->execute([&] { worker_->configure(std::move(*plan), next->outlets()); });
    sinks_.commit(std::move(*next));
    while (!sinks_.retire()) {
      expect_balanced(ledger());
      ended_.acquire();
    }
  }

  config::Config random_config() {
    config::Config config;
    config::Filter filter;
    filter.ports = {{9988, 9988}};
    for (const std::string name : {"plain", "rotated", "remote", "absent"}) {
      if (name != "plain" && dice_.once_in(3)) continue;
      config.sinks.push_back(random_sink(name));
      filter.to.push_back(name);
    }
    filter.name = "numbers";
    filter.decode = record::Decode::plain;
    if (dice_.once_in(2)) filter.exclude = {"[02468]#"};
    if (dice_.once_in(3)) filter.framing.method = framing::Method::lines;
    config.filters = {filter};
    if (dice_.once_in(2)) {
      filter.name = "again";
      filter.exclude = {};
      filter.match = {"7#"};
      filter.to = {"plain"};
      config.filters.insert(config.filters.begin(), filter);
      config.filters.front().final = true;
    }
    return config;
  }

  // Returns one of several definitions of the sink `name`.
  config::Sink random_sink(const std::string& name) {
    config::Sink sink;
    sink.name = name;
    sink.queue = 16 * config::kKiB << dice_.below(2) * 8;
    if (name == "remote" || name == "absent") {
      config::SyslogTarget syslog;
      syslog.to = name == "remote" ? receiver_.target() : "tcp://127.0.0.1:1";
      if (name == "absent" && dice_.once_in(2)) sink.spool = config::Spool{directory_.path("spool"), 16 * config::kMiB};
      syslog.protocol = dice_.once_in(2) ? "rfc3164" : "rfc5424";
      sink.target = syslog;
    } else {
      config::FileTarget file;
      file.format = dice_.once_in(2) ? "{message}" : "raw";
      std::filesystem::create_directory(directory_.path(name));
      file.path = directory_.path(name) + "/out" + std::to_string(dice_.below(2)) + ".log";
      if (name == "rotated")
        file.rotation = sink::file::RotationOptions{20'000, {}, {100'000, {}, sink::file::Compression::none}};
      sink.target = file;
    }
    return sink;
  }

  void check(bool in_time) {
    const Ledger last = ledger();
    expect_balanced(last);
    EXPECT_GT(last.pipeline.packets.received.get(), last.capture.kernel_dropped);
    EXPECT_GT(last.capture.kernel_dropped, 0);
    EXPECT_GT(last.pipeline.records.routed.get(), 0);
    std::uint64_t most = 0;
    for (const auto& [name, figures] : last.sinks) {
      SCOPED_TRACE(name);
      most = std::max(most, figures.routed);
      EXPECT_LE(figures.routed, last.pipeline.records.routed.get());
      EXPECT_EQ(figures.queued, 0);
      EXPECT_EQ(figures.routed + figures.recovered, figures.written + figures.dropped_sum() + figures.spooled);
      if (name == "absent") {
        EXPECT_EQ(figures.written, 0);
      }
      if (name != "plain" && name != "rotated") continue;
      const Written written = read_folder(directory_.path(name));
      EXPECT_EQ(written.records, figures.written);
      EXPECT_EQ(written.disordered, 0);
      EXPECT_EQ(written.twice, 0);
      const std::uint64_t queue_full = figures.dropped[static_cast<std::size_t>(sink::DropReason::queue_full)];
      if (in_time) {
        EXPECT_EQ(written.reported_lost, queue_full);
        EXPECT_EQ(figures.dropped_sum(), queue_full);
      }
    }
    EXPECT_EQ(most, last.pipeline.records.routed.get());  // "plain" gets every record in every configuration
    EXPECT_EQ(receiver_.arrivals().disordered(), 0);
  }

  Dice dice_;
  test::TempDirectory directory_;
  SyslogReceiver receiver_;
  std::counting_semaphore<> ended_{0};
  SinkSet sinks_;
  std::unique_ptr<CaptureWorker> worker_;
  Ledger last_;
  std::size_t instants_ = 0;
};

TEST(ReloadStress, LedgerReadAllTheTime_NothingIsEverUnaccounted) {
  const std::uint64_t seed = seeds(1)[0];
  SCOPED_TRACE("LOGSNIFFD_STRESS_SEED=" + std::to_string(seed));
  Machine machine(seed);
  const SteadyTime deadline = std::chrono::steady_clock::now() + kPatience;
  std::size_t reads = 0;
  while ((reads < 20'000 || machine.instants() < 1000) && !testing::Test::HasFailure()) {
    machine.read_ledger_often(1000);
    reads += 1000;
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << machine.instants() << " instants";
  }
  machine.stop();
}

TEST(ReloadStress, RandomConfigurations_EverythingIsAccountedFor) {
  for_each_seed(12, [](std::uint64_t seed) { Machine(seed).run(); });
}

}  // namespace
}  // namespace logsniffd::app::stress
