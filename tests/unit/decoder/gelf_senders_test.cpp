// The common senders of compressed GELF, from the datagram to the record: 10,000 messages of each sender, in one
// datagram and in chunks, and none is imperfect.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "daemon/decoder/decoder.hpp"
#include "daemon/framing/datagram_framer.hpp"
#include "daemon/framing/gelf_chunks.hpp"
#include "tests/support/compressed.hpp"

namespace logsniffd::decoder {
namespace {

using test::Compression;

constexpr int kMessages = 10'000;

// How a sender compresses and splits by default, and the JSON object that it sends. {0}: the message, {1}: a number.
struct Sender {
  std::string_view name;
  Compression compression;
  int level;
  std::size_t chunk_bytes;  // of a datagram, including the header of the chunk
  std::string_view format;
};

constexpr Sender kSenders[] = {
    // moby/moby, daemon/logger/gelf: gzip, flate.BestSpeed, chunks of 1,420 bytes.
    {"Docker", Compression::gzip, 1, 1420,
     R"({{"version":"1.1","host":"docker1","short_message":"{0}","timestamp":1715356800.{1:03},"level":6,)"
     R"("_command":"nginx -g daemon off;","_container_id":"a1b2","_container_name":"web","_image_name":"nginx"}})"},
    // severb/graypy: zlib.compress, chunks of 1,420 bytes.
    {"Graypy", Compression::zlib, 6, 1420,
     R"({{"version": "1.0", "host": "web1", "short_message": "{0}", "timestamp": 1715356800.{1:03}, "level": 6, )"
     R"("facility": "app.orders", "file": "/srv/app/orders.py", "line": {1}, "_process_name": "MainProcess"}})"},
    // kkamkou/node-gelf-pro: zlib.deflate, chunks of 1,420 bytes.
    {"GelfPro", Compression::zlib, 6, 1420,
     R"({{"facility":"node.js","level":6,"host":"web1","short_message":"{0}","timestamp":1715356800.{1:03}}})"},
    // mp911de/logstash-gelf: GZIPOutputStream, datagrams of 8,192 bytes.
    {"LogstashGelf", Compression::gzip, 6, 8192,
     R"({{"full_message":"{0}","short_message":"{0}","host":"web1","facility":"logstash-gelf","level":"6",)"
     R"("timestamp":"1715356800.{1:03}","_LoggerName":"com.example.Orders","_Thread":"main"}})"},
};

void PrintTo(const Sender& sender, std::ostream* out) { *out << sender.name; }

// Passes each frame to the decoder, as the pipeline does.
class Decoded final : public framing::FrameObserver {
 public:
  void on_frame(Bytes frame, Integrity) override {
    decoder.decode(record::Decode::automatic, frame, record);
    ++frames;
  }

  Decoder decoder{1U << 20};  // as many bytes as the longest message, and more
  record::LogRecord record;
  int frames = 0;
};

class GelfSenders : public testing::TestWithParam<Sender> {
 protected:
  void send(Bytes datagram) {
    if (framing::is_gelf_chunk(datagram)) {
      const std::optional<Bytes> whole = chunks_.add({}, datagram, false, {});
      if (!whole) return;
      datagram = *whole;
    }
    framing::frame_datagram(framing_, {}, datagram, false, decoded_);
  }

  void send_in_chunks(Bytes payload, std::size_t size, std::uint32_t id) {
    const std::size_t count = (payload.size() + size - 1) / size;
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<std::uint8_t> chunk{0x1e, 0x0f, 0, 0, 0, 0};
      for (const unsigned shift : {24U, 16U, 8U, 0U}) chunk.push_back(static_cast<std::uint8_t>(id >> shift));
      chunk.push_back(static_cast<std::uint8_t>(i));
      chunk.push_back(static_cast<std::uint8_t>(count));
      const Bytes part = payload.subspan(i * size, std::min(size, payload.size() - i * size));
      chunk.insert(chunk.end(), part.begin(), part.end());
      send(chunk);
    }
  }

  // Words, digits and non-ASCII letters. Other tests cover what JSON escapes.
  std::string message(int i) {
    std::string text = fmt::format("order {} ", i);
    const std::size_t size = i % 1000 == 0 ? 250'000 : i % 50 == 0 ? random_() % 5000 : random_() % 200;
    while (text.size() < size) text += fmt::format("{:x} größer ", random_());
    return text;
  }

  std::mt19937 random_{12201};
  framing::FramingContext framing_{{65'536, 1U << 20}, {}};
  framing::GelfChunks chunks_{{.bytes = 1U << 20, .messages = 100}};
  Decoded decoded_;
};

TEST_P(GelfSenders, EveryMessage_IsReadAsItWasWritten) {
  const Sender& sender = GetParam();
  constexpr std::size_t kSmall = 100;  // ordinary messages also come in several chunks
  for (int i = 0; i < kMessages; ++i) {
    const std::string text = message(i);
    const auto payload =
        test::compressed(fmt::format(fmt::runtime(sender.format), text, i % 1000), sender.compression, sender.level);
    const std::size_t size = i % 2 == 0 ? sender.chunk_bytes - framing::kGelfChunkHeader : kSmall;
    if (payload.size() <= size || payload.size() > size * framing::kMaxGelfChunks) {
      send(payload);
    } else {
      send_in_chunks(payload, size, static_cast<std::uint32_t>(i));
    }
    const record::LogRecord& record = decoded_.record;
    ASSERT_EQ(decoded_.frames, i + 1);
    ASSERT_EQ(record.message, text);
    ASSERT_EQ(record.severity, record::Severity::info);
    ASSERT_EQ(record.sent, PacketTime(std::chrono::milliseconds(1'715'356'800'000 + i % 1000)));
    ASSERT_FALSE(record.host.empty() || record.app.empty());
  }
  EXPECT_EQ(decoded_.decoder.counters().of(record::Decode::gelf).get(), static_cast<std::uint64_t>(kMessages));
  EXPECT_GT(chunks_.counters().messages.get(), 100U);
}

INSTANTIATE_TEST_SUITE_P(Defaults, GelfSenders, testing::ValuesIn(kSenders),
                         [](const testing::TestParamInfo<Sender>& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace logsniffd::decoder
