#include "tests/unit/capture/file_source_fixture.hpp"

namespace logsniffd::capture {
namespace {

class FileKinds : public ::testing::TestWithParam<FileKind> {};
INSTANTIATE_TEST_SUITE_P(All, FileKinds,
                         ::testing::Values(FileKind::pcap_micro, FileKind::pcap_nano, FileKind::pcap_micro_swapped,
                                           FileKind::pcap_nano_swapped, FileKind::pcapng));

TEST_P(FileKinds, Packets_AreReadAsWritten) {
  const auto file = two_packets(GetParam());
  const Reading reading = read_all(file);
  EXPECT_EQ(reading.error, "");
  ASSERT_THAT(reading.packets, SizeIs(2));
  EXPECT_EQ(reading.packets[0].bytes, "first packet");
  EXPECT_EQ(reading.packets[0].original_length, 12U);
  EXPECT_EQ(reading.packets[0].nanoseconds / 1'000, kWhen / 1'000);
  EXPECT_EQ(reading.packets[0].link_type, 1);
  EXPECT_EQ(reading.packets[1].bytes, "second");
  EXPECT_EQ(reading.packets[1].original_length, 2'000U);
}

TEST_P(FileKinds, RegularFileAndPipe_GiveWhatMemoryGives) {
  CaptureWriter writer(113, GetParam());
  for (int i = 0; i < 40; ++i) writer.add(as_bytes(std::string(997, static_cast<char>('a' + i % 26))), at(kWhen + i));
  const Reading expected = read_all(writer.bytes());
  ASSERT_THAT(expected.packets, SizeIs(40));

  const TemporaryFile file(writer.bytes());
  auto regular = FileSource::open(file.path(), "");
  ASSERT_TRUE(regular) << regular.error().message();
  EXPECT_EQ((*regular)->wait_fd(), -1);
  const Reading from_file = read_all(**regular);

  const TemporaryFile fifo;
  std::filesystem::remove(fifo.path());
  ASSERT_EQ(::mkfifo(fifo.path().c_str(), 0600), 0);
  auto piped = FileSource::open(fifo.path(), "");
  ASSERT_TRUE(piped) << piped.error().message();
  UniqueFd writer_end(::open(fifo.path().c_str(), O_WRONLY));
  ASSERT_EQ(::write(writer_end.get(), writer.bytes().data(), writer.bytes().size()),
            static_cast<ssize_t>(writer.bytes().size()));
  writer_end.reset();
  const Reading from_pipe = read_all(**piped);

  for (const Reading* reading : {&from_file, &from_pipe}) {
    EXPECT_EQ(reading->error, "");
    ASSERT_THAT(reading->packets, SizeIs(40));
    for (std::size_t i = 0; i < 40; ++i) {
      EXPECT_EQ(reading->packets[i].bytes, expected.packets[i].bytes);
      EXPECT_EQ(reading->packets[i].nanoseconds, expected.packets[i].nanoseconds);
    }
  }
}

TEST_P(FileKinds, BudgetOfOne_ComesBackAfterEachPacket) {
  const auto file = CaptureWriter(1, GetParam()).add(as_bytes("a"), at(0)).add(as_bytes("b"), at(1)).bytes();
  auto source = FileSource::over(file);
  ASSERT_TRUE(source);
  SeenPackets observer;
  std::size_t calls = 0;
  for (auto status = (*source)->read(observer, 1); status && *status == ReadStatus::more;
       status = (*source)->read(observer, 1)) {
    ++calls;
    EXPECT_LE(observer.seen.size(), calls);
  }
  EXPECT_THAT(observer.seen, SizeIs(2));
}

std::string open_error(const std::string& path) {
  const auto source = FileSource::open(path, "");
  return source ? "" : source.error().message();
}

TEST(FileSource, WhatIsNoCaptureFile_IsNamedWithTheMend) {
  EXPECT_EQ(open_error("/nonexistent/x.pcap"),
            "/nonexistent/x.pcap: cannot be opened: No such file or directory; check the path");
  EXPECT_EQ(open_error("/tmp"), "/tmp: is a directory, not a capture file; name a file in it");
  const TemporaryFile empty;
  EXPECT_EQ(open_error(empty.path()), empty.path() + ": empty; not a capture file");
  const TemporaryFile tiny(as_bytes("abc"));
  EXPECT_EQ(open_error(tiny.path()), tiny.path() + ": too short to be a capture file");
  const TemporaryFile text(as_bytes("some text, not packets"));
  EXPECT_EQ(open_error(text.path()),
            text.path() + ": not a capture file: neither pcap nor pcapng; convert it, or capture again");
  const TemporaryFile xz(as_bytes("\xFD\x37zXZ and so on"));
  EXPECT_THAT(open_error(xz.path()),
              HasSubstr("compressed with xz; read it with: xzcat " + xz.path() + " | logsniffd sniff -r -"));
  const TemporaryFile bzip2(as_bytes("BZh9 and so on"));
  EXPECT_THAT(open_error(bzip2.path()), HasSubstr("bzcat"));
}

TEST(FileSource, FileThatShrinks_IsAnErrorNotASignal) {
  constexpr std::size_t kPackets = 6 * 16;  // of 64 KiB each: more than one window
  CaptureWriter writer(1);
  const std::string packet(64U << 10, 'x');
  for (std::size_t i = 0; i < kPackets; ++i) writer.add(as_bytes(packet), at(0));
  const TemporaryFile file(writer.bytes());
  auto source = FileSource::open(file.path(), "");
  ASSERT_TRUE(source);
  SeenPackets observer;
  ASSERT_TRUE((*source)->read(observer, 1));
  std::filesystem::resize_file(file.path(), 5U << 20);
  const Reading rest = read_all(**source);
  EXPECT_EQ(rest.error,
            file.path() + ": became shorter while it was being read; do not write to it, or capture to another file");
  EXPECT_GT(rest.packets.size(), 16U);
}

TEST(FileSource, FileThatShrinksUnderWhatIsReadNext_IsAnErrorNotASignal) {
  CaptureWriter writer(1);
  const std::string packet(64U << 10, 'x');
  for (std::size_t i = 0; i < 32; ++i) writer.add(as_bytes(packet), at(0));
  const TemporaryFile file(writer.bytes());
  auto source = FileSource::open(file.path(), "");
  ASSERT_TRUE(source);
  SeenPackets observer;
  ASSERT_TRUE((*source)->read(observer, 1));
  std::filesystem::resize_file(file.path(), 0);
  const Reading rest = read_all(**source);
  EXPECT_EQ(rest.error,
            file.path() + ": became shorter while it was being read; do not write to it, or capture to another file");
}

TEST(FileSource, FileThatGrows_IsReadUpToTheSizeItHadAtFirst) {
  const auto packets = two_packets(FileKind::pcap_nano);
  const TemporaryFile file(packets);
  auto source = FileSource::open(file.path(), "");
  ASSERT_TRUE(source);
  std::ofstream(file.path(), std::ios::binary | std::ios::app) << "half a pack";
  const Reading reading = read_all(**source);
  EXPECT_EQ(reading.error, "");
  EXPECT_THAT(reading.packets, SizeIs(2));
}

TEST(FileSource, LargeFile_IsReadAcrossWindows) {
  CaptureWriter writer(1);
  constexpr std::size_t kPackets = 200;
  for (std::size_t i = 0; i < kPackets; ++i)
    writer.add(as_bytes(std::string(60'001, static_cast<char>('a' + i % 26))), at(0));
  const TemporaryFile file(writer.bytes());
  auto source = FileSource::open(file.path(), "");
  ASSERT_TRUE(source);
  const Reading reading = read_all(**source);
  EXPECT_EQ(reading.error, "");
  ASSERT_THAT(reading.packets, SizeIs(kPackets));
  for (std::size_t i = 0; i < kPackets; ++i)
    ASSERT_EQ(reading.packets[i].bytes, std::string(60'001, static_cast<char>('a' + i % 26)));
}

class Pipe : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove(fifo_.path());
    ASSERT_EQ(::mkfifo(fifo_.path().c_str(), 0600), 0);
    auto source = FileSource::open(fifo_.path(), "");
    ASSERT_TRUE(source) << source.error().message();
    source_ = std::move(*source);
    writer_.reset(::open(fifo_.path().c_str(), O_WRONLY));
    ASSERT_TRUE(writer_.valid());
  }
  void say(Bytes bytes) {
    ASSERT_EQ(::write(writer_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  ReadStatus read() {
    const auto status = source_->read(observer_, 100);
    EXPECT_TRUE(status) << (status ? "" : status.error().message());
    return status ? *status : ReadStatus::end;
  }
  bool readable() const {
    pollfd ready{source_->wait_fd(), POLLIN, 0};
    return ::poll(&ready, 1, 0) == 1;
  }

  TemporaryFile fifo_;
  std::unique_ptr<FileSource> source_;
  UniqueFd writer_;
  SeenPackets observer_;
};

TEST_F(Pipe, WriterThatPauses_LeavesTheSourceIdle) {
  const auto file = two_packets(FileKind::pcap_nano);
  EXPECT_EQ(read(), ReadStatus::idle);
  EXPECT_FALSE(readable());
  for (std::size_t i = 0; i < file.size(); ++i) {
    say(Bytes(file).subspan(i, 1));
    EXPECT_TRUE(readable());
    EXPECT_EQ(read(), ReadStatus::idle);
    EXPECT_THAT(observer_.seen, SizeIs(i + 1 == file.size() ? 2 : i + 1 >= 52 ? 1 : 0)) << i;
  }
  writer_.reset();
  EXPECT_TRUE(readable());
  EXPECT_EQ(read(), ReadStatus::end);
}

TEST_F(Pipe, WriterThatDiesInsideAPacket_IsAnError) {
  const auto file = two_packets(FileKind::pcap_nano);
  say(Bytes(file).first(file.size() - 1));
  writer_.reset();
  const auto status = source_->read(observer_, 100);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message(), HasSubstr("ends inside the packet that starts at byte 52"));
  EXPECT_THAT(observer_.seen, SizeIs(1));
}

TEST_F(Pipe, WhatIsNoCaptureFile_FailsInRead) {
  say(as_bytes("certainly not packets"));
  const auto status = source_->read(observer_, 100);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message(), StartsWith(fifo_.path() + ": not a capture file"));
}

TEST(FileSource, Expression_RefusesInUserSpaceAndCounts) {
  const auto wanted =
      test::ethernet(test::udp_packet(test::endpoint("10.0.0.1:1"), test::endpoint("10.0.0.2:514"), "wanted"));
  const auto other =
      test::ethernet(test::udp_packet(test::endpoint("10.0.0.1:1"), test::endpoint("10.0.0.2:53"), "other"));
  const TemporaryFile file(CaptureWriter(1).add(wanted, at(0)).add(other, at(1)).add(other, at(2)).bytes());
  auto source = FileSource::open(file.path(), "udp port 514");
  ASSERT_TRUE(source);
  const Reading reading = read_all(**source);
  ASSERT_THAT(reading.packets, SizeIs(1));
  EXPECT_THAT(reading.packets[0].bytes, HasSubstr("wanted"));
  EXPECT_EQ((*source)->statistics().filtered_out, 2U);
}

}  // namespace
}  // namespace logsniffd::capture
