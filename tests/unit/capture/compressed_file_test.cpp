// Capture files that are compressed: the same packets, and an error that says so if they end too early or are damaged.
#include <initializer_list>

#include "daemon/capture/input_window.hpp"
#include "tests/support/compressed.hpp"
#include "tests/unit/capture/file_source_fixture.hpp"

namespace logsniffd::capture {
namespace {

using test::Compression;

using File = std::vector<std::uint8_t>;

struct Format {
  std::string name;
  File (*compress)(std::string_view text);
};
// The name of each test says which.
void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }

File gzip(std::string_view text) { return test::compressed(text, Compression::gzip); }

class EveryCompression : public ::testing::TestWithParam<Format> {
 protected:
  [[nodiscard]] File compressed(const File& plain) const { return GetParam().compress(as_text(plain)); }
};

INSTANTIATE_TEST_SUITE_P(Formats, EveryCompression,
                         ::testing::Values(Format{"gzip", gzip}, Format{"zstd", test::zstd_compressed},
                                           Format{"lz4", test::lz4_compressed}),
                         [](const auto& instance) { return instance.param.name; });

// More than several windows, and every packet differs.
File many_packets() {
  CaptureWriter writer(1);
  for (int i = 0; i < 2'000; ++i) writer.add(as_bytes(std::to_string(i) + std::string(1'000, 'x')), at(kWhen + i));
  return writer.bytes();
}

void expect_same(const Reading& reading, const Reading& plain) {
  EXPECT_EQ(reading.error, "");
  ASSERT_EQ(reading.packets.size(), plain.packets.size());
  for (std::size_t i = 0; i < plain.packets.size(); ++i) {
    ASSERT_EQ(reading.packets[i].bytes, plain.packets[i].bytes);
    ASSERT_EQ(reading.packets[i].nanoseconds, plain.packets[i].nanoseconds);
  }
}

// Those read are the first of `whole`, unharmed.
void expect_prefix(const Reading& reading, const Reading& whole) {
  ASSERT_LE(reading.packets.size(), whole.packets.size());
  for (std::size_t i = 0; i < reading.packets.size(); ++i) {
    ASSERT_EQ(reading.packets[i].bytes, whole.packets[i].bytes);
  }
}

TEST_P(EveryCompression, File_ReadsAsThePlainOne) {
  for (const File& plain : {many_packets(), two_packets(FileKind::pcapng), two_packets(FileKind::pcap_micro_swapped)}) {
    const TemporaryFile file(compressed(plain));
    auto source = FileSource::open(file.path(), "");
    ASSERT_TRUE(source) << source.error().message();
    EXPECT_EQ((*source)->wait_fd(), -1);
    expect_same(read_all(**source), read_all(plain));
  }
}

TEST_P(EveryCompression, PartsCompressedOneByOne_AreOneFile) {
  const File plain = many_packets();
  const std::string_view text = as_text(plain);
  File parts = GetParam().compress(text.substr(0, 777'777));
  for (const std::string_view part : {std::string_view(), text.substr(777'777)}) {
    const File more = GetParam().compress(part);
    parts.insert(parts.end(), more.begin(), more.end());
  }
  expect_same(read_all(parts), read_all(plain));
}

TEST_P(EveryCompression, CutAnywhere_SaysSoAfterTheWholePackets) {
  const File plain = two_packets(FileKind::pcapng);
  const Reading whole = read_all(plain);
  const File file = compressed(plain);
  for (std::size_t size = 4; size < file.size(); ++size) {
    const Reading reading = read_all(Bytes(file).first(size));
    ASSERT_THAT(reading.error,
                HasSubstr("ends inside its " + GetParam().name + " data; all packets before that were read"))
        << size;
    expect_prefix(reading, whole);
  }
}

TEST_P(EveryCompression, LargeFileCut_HandsOverWhatCameBefore) {
  const File plain = many_packets();
  const File file = compressed(plain);
  const Reading reading = read_all(Bytes(file).first(file.size() - 1));
  EXPECT_THAT(reading.error, HasSubstr("ends inside its"));
  EXPECT_GT(reading.packets.size(), 1'000U);
  expect_prefix(reading, read_all(plain));
}

TEST_P(EveryCompression, DamageAtTheEnd_IsSeenAfterAllPackets) {
  const File plain = many_packets();
  const Reading whole = read_all(plain);
  File file = compressed(plain);
  file[file.size() - 4] ^= 1;  // the checksum of the contents; in gzip, their length
  const Reading reading = read_all(file);
  EXPECT_THAT(reading.error, HasSubstr("its " + GetParam().name + " data is damaged"));
  EXPECT_EQ(reading.packets.size(), whole.packets.size());
  expect_prefix(reading, whole);
}

TEST_P(EveryCompression, SomethingElseBehindTheData_IsDamageAfterAllPackets) {
  const Reading whole = read_all(two_packets(FileKind::pcap_nano));
  File file = compressed(two_packets(FileKind::pcap_nano));
  file.insert(file.end(), {'t', 'a', 'i', 'l', ' ', 'e', 'n', 'd'});
  const Reading reading = read_all(file);
  EXPECT_THAT(reading.error, HasSubstr("its " + GetParam().name + " data is damaged"));
  EXPECT_EQ(reading.packets.size(), whole.packets.size());
}

TEST_P(EveryCompression, InputThatHoldsNothing_IsReadInTurns) {
  const File nothing = GetParam().compress("");
  File file;
  while (file.size() < 3 * InputWindow::kMaxCompressedBytes) file.insert(file.end(), nothing.begin(), nothing.end());
  const File last = compressed(two_packets(FileKind::pcap_nano));
  file.insert(file.end(), last.begin(), last.end());
  auto source = FileSource::over(file);
  ASSERT_TRUE(source) << source.error().message();
  SeenPackets observer;
  std::size_t turns = 1;  // open() had the first one
  auto status = (*source)->read(observer, 10);
  for (; status && *status == ReadStatus::more && observer.seen.empty(); ++turns) {
    status = (*source)->read(observer, 10);
  }
  ASSERT_TRUE(status) << status.error().message();
  EXPECT_EQ(turns, 3U);
  EXPECT_EQ(*status, ReadStatus::end);
  expect_same({observer.seen, ""}, read_all(two_packets(FileKind::pcap_nano)));
}

TEST_P(EveryCompression, AnyFlippedBit_IsSeenOrWithoutEffect) {
  const File plain = two_packets(FileKind::pcap_nano);
  const Reading whole = read_all(plain);
  int seen = 0;
  const File file = compressed(plain);
  for (std::size_t bit = 32; bit < 8 * file.size(); ++bit) {
    File damaged = file;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const Reading reading = read_all(damaged);
    if (reading.error.empty()) {
      expect_same(reading, whole);  // a field of the header without meaning here
    } else {
      ++seen;
    }
  }
  EXPECT_GT(seen, static_cast<int>(8 * file.size() / 2));
}

TEST_P(EveryCompression, Pipe_IsIdleBetweenTheBytesThatCome) {
  const File plain = two_packets(FileKind::pcap_nano);
  const File file = compressed(plain);
  const TemporaryFile fifo;
  std::filesystem::remove(fifo.path());
  ASSERT_EQ(::mkfifo(fifo.path().c_str(), 0600), 0);
  auto source = FileSource::open(fifo.path(), "");
  ASSERT_TRUE(source) << source.error().message();
  UniqueFd writer(::open(fifo.path().c_str(), O_WRONLY));
  ASSERT_TRUE(writer.valid());
  SeenPackets observer;
  for (const std::uint8_t byte : file) {
    const auto status = (*source)->read(observer, 10);
    ASSERT_TRUE(status) << status.error().message();
    ASSERT_EQ(*status, ReadStatus::idle);
    ASSERT_GE((*source)->wait_fd(), 0);
    ASSERT_EQ(::write(writer.get(), &byte, 1), 1);
  }
  writer.reset();
  const auto end = (*source)->read(observer, 10);
  ASSERT_TRUE(end) << end.error().message();
  EXPECT_EQ(*end, ReadStatus::end);
  expect_same({observer.seen, ""}, read_all(plain));
}

TEST_P(EveryCompression, SomethingElseInside_IsNoCaptureFile) {
  const std::string text = "some text, not packets";
  EXPECT_THAT(read_all(GetParam().compress(text)).error, HasSubstr("not a capture file: neither pcap nor pcapng"));
  EXPECT_THAT(read_all(GetParam().compress("abc")).error, HasSubstr("too short to be a capture file"));
  const File twice = compressed(compressed(two_packets(FileKind::pcap_nano)));
  EXPECT_THAT(read_all(twice).error, HasSubstr("not a capture file"));
}

TEST(CompressedFile, DamagedData_IsNamedWithTheReason) {
  File file = gzip(as_text(two_packets(FileKind::pcap_nano)));
  file[file.size() - 8] ^= 1;  // in the checksum (RFC 1952, 2.3.1)
  const Reading reading = read_all(file);
  EXPECT_EQ(reading.error, "capture: its gzip data is damaged (incorrect data check); packets before that were read");
  EXPECT_EQ(reading.packets.size(), read_all(two_packets(FileKind::pcap_nano)).packets.size());
}

TEST(CompressedFile, BytesBehindTheData_AreDamage) {
  File file = gzip(as_text(two_packets(FileKind::pcap_nano)));
  file.insert(file.end(), {'t', 'a', 'i', 'l'});
  EXPECT_THAT(read_all(file).error, HasSubstr("its gzip data is damaged (incorrect header check)"));
}

TEST(CompressedFile, ZerosBehindGzip_ArePadding) {
  const File plain = two_packets(FileKind::pcap_nano);
  File file = gzip(as_text(plain));
  file.resize((file.size() / 512 + 1) * 512);
  expect_same(read_all(file), read_all(plain));
  file.insert(file.end(), {'t', 'x'});
  EXPECT_THAT(read_all(file).error, HasSubstr("its gzip data is damaged"));
}

// RFC 8878, 3.1.2: the frames that pzstd writes between the others.
TEST(CompressedFile, ZstdBehindAFrameToSkip_IsRead) {
  const File plain = two_packets(FileKind::pcap_nano);
  const File zstd = test::zstd_compressed(as_text(plain));
  for (const std::uint8_t magic : std::initializer_list<std::uint8_t>{0x50, 0x5f}) {
    File file = {magic, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4};
    file.insert(file.end(), zstd.begin(), zstd.end());
    expect_same(read_all(file), read_all(plain));
  }
}

TEST(CompressedFile, OldLz4_NamesItsReader) {
  EXPECT_THAT(read_all(File{0x02, 0x21, 0x4c, 0x18, 0, 0, 0, 0}).error,
              HasSubstr("compressed with lz4 -l; read it with: lz4cat capture | logsniffd sniff -r -"));
}

// RFC 8878, 3.1.1.1.2: the window is 2^28 bytes, and an empty block follows.
TEST(CompressedFile, ZstdThatLooksBackTooFar_IsRefused) {
  const File file = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 0x01, 0x00, 0x00};
  EXPECT_THAT(read_all(file).error,
              HasSubstr("its zstd data is damaged (Frame requires too much memory for decoding)"));
  File smaller = file;
  smaller[5] = 17 << 3;
  EXPECT_THAT(read_all(smaller).error, HasSubstr("not a capture file"));
}

}  // namespace
}  // namespace logsniffd::capture
