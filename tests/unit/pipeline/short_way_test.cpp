// Most lines take a short way to their sink: the same comes of them as on the long one, which a limit of records forces.
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/pipeline/pipeline_fixture.hpp"

namespace logsniffd::pipeline {
namespace {

using test::endpoint;

constexpr std::uint64_t kRecordBytes = 300;
constexpr std::uint64_t kNever = std::uint64_t{1} << 60;
constexpr std::size_t kConnections = 3;

// What a pipeline made of some packets.
struct Outcome {
  std::vector<std::string> records;
  std::vector<std::uint64_t> counters;
  std::vector<std::uint64_t> figures;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::string to_text(const std::string& filter, const record::LogRecord& record) {
  std::string text = filter + '|' + std::to_string(record.captured_at.time_since_epoch().count()) + '|' +
                     record.flow.src.to_string() + '|' + record.flow.dst.to_string() + '|' +
                     std::string(record.interface) + '|' + std::to_string(static_cast<int>(record.integrity)) + '|' +
                     (record.severity ? std::to_string(static_cast<int>(*record.severity)) : "-") + '|' +
                     std::string(record.app) + '|' + std::string(record.host) + '|' + std::string(record.message);
  for (const record::Field& field : record.fields)
    text += '|' + std::string(field.name) + '=' + std::string(field.value);
  return text;
}

std::string random_line(std::mt19937& random) {
  static constexpr std::array kStarts{"",
                                      "text ",
                                      "2026-11-28 ",
                                      "2 ",
                                      "<13>",
                                      "<13>1 - - - - - - ",
                                      "{\"a\":",
                                      "CEF:0|a|b|c|d|e|5|",
                                      "LEEF:1.0|a|b|c|d|",
                                      "Log",
                                      "x",
                                      "C",
                                      "}",
                                      "7,1,2,-;",
                                      "\x1f\x8b",
                                      "\x80",
                                      "<",
                                      " "};
  std::string line = kStarts[random() % kStarts.size()];
  for (std::size_t size = random() % (random() % 20 == 0 ? 2 * kRecordBytes : 40); size > 0; --size)
    line += static_cast<char>('a' + random() % 26);
  static constexpr std::array kEnds{"\n", "\n", "\n", "\n", "\r\n", "\n\n"};
  return line + kEnds[random() % kEnds.size()];
}

class ShortWay : public PipelineFixture {
 protected:
  // Packets of lines in random pieces, of which some never come.
  static std::vector<test::Packet> talk(std::uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<test::Packet> packets;
    std::vector<std::uint32_t> numbers(kConnections);
    const Endpoint server = endpoint("192.0.2.1:514");
    const auto client = [](std::size_t of) { return endpoint("192.0.2.7:" + std::to_string(40000 + of)); };
    for (std::size_t i = 0; i < kConnections; ++i) {
      numbers[i] = static_cast<std::uint32_t>(random());
      if (random() % 4 != 0)
        packets.push_back(test::tcp_packet(client(i), server, {.seq = numbers[i]++, .flags = "S"}, ""));
    }
    std::vector<std::string> waiting(kConnections);
    for (int i = 0; i < 400; ++i) {
      const std::size_t of = random() % kConnections;
      for (std::size_t lines = random() % 12; lines > 0; --lines) waiting[of] += random_line(random);
      const std::size_t size = random() % 3 == 0 ? random() % (waiting[of].size() + 1) : waiting[of].size();
      const std::string piece = waiting[of].substr(0, size);
      waiting[of].erase(0, size);
      if (random() % 50 != 0) packets.push_back(test::tcp_packet(client(of), server, {.seq = numbers[of]}, piece));
      numbers[of] += static_cast<std::uint32_t>(size);
      if (random() % 20 == 0) packets.push_back(test::udp_packet(client(of), server, random_line(random)));
    }
    return packets;
  }

  Outcome outcome(const std::vector<test::Packet>& packets, const record_path::Lane& lane, std::uint64_t max_records) {
    now_ = PacketTime(std::chrono::seconds(1'790'000'000));
    restart(kRecordBytes, max_records);
    use({watch("app", 514)}, {lane});
    Outcome outcome;
    const auto take = [&] {
      take_records([&](const std::string& filter, const record::LogRecord& record) {
        outcome.records.push_back(to_text(filter, record));
      });
    };
    for (const test::Packet& packet : packets) {
      give(packet);
      if (outcome.records.size() % 7 == 0) pipeline_->idle(now_ += std::chrono::milliseconds(300));
      take();
    }
    pipeline_->finish();
    take();
    const auto count = [&](CounterName, const Counter& counter) { outcome.counters.push_back(counter.get()); };
    record_path::RecordLedger::for_each(pipeline_->records(), count);
    framing::FramingCounters::for_each(pipeline_->framing(), count);
    decoder::DecodeCounters::for_each(pipeline_->decoding(), count);
    for (const auto& [name, of] : pipeline_->filters()) {
      outcome.figures = {of.streams, of.bytes, of.records, of.sizes.bytes};
      outcome.figures.insert(outcome.figures.end(), of.sizes.counts.begin(), of.sizes.counts.end());
      outcome.figures.push_back(static_cast<std::uint64_t>(of.last_record_at.time_since_epoch().count()));
    }
    for (const BusySender& sender : pipeline_->senders().senders) {
      outcome.figures.push_back(sender.records);
      outcome.figures.push_back(sender.bytes);
    }
    return outcome;
  }
};

TEST_F(ShortWay, AnyLines_TheSameComesOfThem) {
  for (const framing::Method method : {framing::Method::automatic, framing::Method::lines, framing::Method::nul}) {
    for (const record::Decode decode : {record::Decode::automatic, record::Decode::plain, record::Decode::syslog}) {
      record_path::Lane lane = kAutomatic;
      lane.framing.method = method;
      lane.decode = decode;
      for (std::uint32_t seed = 0; seed < 6; ++seed) {
        SCOPED_TRACE(testing::Message() << static_cast<int>(method) << ' ' << static_cast<int>(decode) << ' ' << seed);
        const std::vector<test::Packet> packets = talk(seed);
        const Outcome short_way = outcome(packets, lane, 0);
        EXPECT_EQ(short_way, outcome(packets, lane, kNever));
        if (method == framing::Method::lines) {
          EXPECT_GT(short_way.records.size(), 500U);
        }
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

}  // namespace
}  // namespace logsniffd::pipeline
