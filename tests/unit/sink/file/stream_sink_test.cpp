#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <csignal>
#include <thread>

#include "daemon/sink/file/line_output.hpp"
#include "daemon/sink/file/stream_sink.hpp"
#include "tests/support/sink_fixture.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::sink::file {
namespace {

using namespace test;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reader.reset(ends[0]);
    writer.reset(ends[1]);
  }
  // Everything that is in the pipe now.
  std::string drain() const {
    ::fcntl(reader.get(), F_SETFL, O_NONBLOCK);
    std::string text;
    std::array<char, 65536> buffer;
    for (ssize_t got = 0; (got = ::read(reader.get(), buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
  }
  UniqueFd reader;
  UniqueFd writer;
};

// Makes `fd` the standard output as long as this object lives.
class AsStandardOutput {
 public:
  explicit AsStandardOutput(int fd) : before_(::dup(STDOUT_FILENO)) { ::dup2(fd, STDOUT_FILENO); }
  AsStandardOutput(const AsStandardOutput&) = delete;
  AsStandardOutput& operator=(const AsStandardOutput&) = delete;
  ~AsStandardOutput() { ::dup2(before_.get(), STDOUT_FILENO); }

 private:
  UniqueFd before_;
};

std::unique_ptr<Sink> opened_on(int fd, const std::string& format = "raw") {
  const AsStandardOutput redirected(fd);
  auto sink = made(make_stream_sink, StreamSinkOptions{{}, format});
  EXPECT_TRUE(sink->open());
  return sink;
}

TEST(StreamSink, Pipe_GetsEveryLineInOrder) {
  const InZone zone;
  const Pipe pipe;
  auto sink = opened_on(pipe.writer.get(), "text");
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"one", "two"});
  EXPECT_TRUE(sink->write_notice("lost", kWhen, feeder.interrupt));
  EXPECT_EQ(pipe.drain(), "10:27:44.016601 one\n10:27:44.016601 two\n10:27:44.016601 lost\n");
}

TEST(StreamSink, BlockingPipe_KeepsItsMode) {
  const Pipe pipe;
  auto sink = opened_on(pipe.writer.get());
  EXPECT_EQ(::fcntl(pipe.writer.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(StreamSink, FullPipeAndInterrupt_CountsTheRest) {
  const Pipe pipe;
  auto sink = opened_on(pipe.writer.get());
  Feeder feeder(*sink);
  feeder.interrupt.raise();
  std::vector<std::string> lines(300, std::string(999, 'x'));  // more than the 64 KiB of a pipe
  lines[64].front() = 'a';
  lines[65].front() = 'b';
  feeder.write(lines);
  const std::uint64_t written = sink->counters().written.get();
  EXPECT_EQ(written, 65U);  // 1,000 bytes each
  EXPECT_EQ(dropped(*sink, DropReason::shutdown), 300 - written);
  EXPECT_EQ(feeder.losses.seen.front(), "shutdown: " + lines[65]);
}

TEST(StreamSink, SlowReader_GetsEverything) {
  Pipe pipe;
  auto sink = opened_on(pipe.writer.get(), "{message}");
  pipe.writer.reset();
  std::string got;
  {
    std::jthread reader([&] {
      std::array<char, 1000> buffer;
      for (ssize_t size = 0; (size = ::read(pipe.reader.get(), buffer.data(), buffer.size())) > 0;) {
        got.append(buffer.data(), static_cast<std::size_t>(size));
      }
    });
    Feeder feeder(*sink);
    feeder.write(std::vector<std::string>(3000, std::string(99, 'x')));
    EXPECT_EQ(sink->counters().written.get(), 3000U);
    sink.reset();
  }
  EXPECT_EQ(got.size(), 300'000U);
}

TEST(StreamSink, ReaderGone_IsSaidOnceAndCounted) {
  std::signal(SIGPIPE, SIG_IGN);  // as the program does
  Pipe pipe;
  auto sink = opened_on(pipe.writer.get());
  pipe.reader.reset();
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"1", "2"});
  EXPECT_EQ(sink->take_error(), "writing standard output: Broken pipe");
  feeder.write(std::vector<std::string>{"3"});
  EXPECT_EQ(sink->take_error(), "");
  EXPECT_EQ(dropped(*sink, DropReason::io_error), 3U);
  EXPECT_THAT(feeder.losses.seen, testing::ElementsAre("io error: 1", "io error: 2", "io error: 3"));
}

TEST(StreamSink, NamedFile_IsOverwritten) {
  const test::TempDirectory directory;
  test::write_file(directory.path("out"), "old, and longer than what comes");
  auto sink = made(make_stream_sink, StreamSinkOptions{directory.path("out"), "raw"});
  ASSERT_TRUE(sink->open());
  Feeder(*sink).write(std::vector<std::string>{"new"});
  EXPECT_EQ(test::read_file(directory.path("out")), "new\n");
}

TEST(StreamSink, FullDevice_CountsNoSpace) {
  auto sink = made(make_stream_sink, StreamSinkOptions{"/dev/full", "raw"});
  ASSERT_TRUE(sink->open());
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"1", "2"});
  EXPECT_EQ(dropped(*sink, DropReason::no_space), 2U);
  EXPECT_EQ(sink->take_error(), "writing /dev/full: No space left on device");
}

TEST(StreamSink, NobodyLooks_LossesAreOnlyCounted) {
  auto sink = made(make_stream_sink, StreamSinkOptions{"/dev/full", "raw"});
  ASSERT_TRUE(sink->open());
  Feeder feeder(*sink);
  feeder.losses.watching = false;
  feeder.write(std::vector<std::string>{"1", "2"});
  EXPECT_EQ(dropped(*sink, DropReason::no_space), 2U);
  EXPECT_THAT(feeder.losses.seen, testing::IsEmpty());
}

TEST(StreamSink, WhatCannotBeOpened_NamesTheMend) {
  const test::TempDirectory directory;
  const auto error = [](const std::string& path) { return make_stream_sink({path})->get()->open().error().message(); };
  EXPECT_EQ(error(directory.path("no/out")),
            directory.path("no/out") + ": No such file or directory; create its directory first");
  ASSERT_EQ(::mkfifo(directory.path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(error(directory.path("fifo")),
            directory.path("fifo") + ": No such device or address; nothing reads from it: start the reader first");
}

TEST(LineOutput, LineTornInPipe_IsEndedBeforeTheNext) {
  Pipe pipe;
  ::fcntl(pipe.writer.get(), F_SETFL, O_NONBLOCK);
  LineOutput output(std::move(pipe.writer), false);
  Interrupt interrupt = std::move(*Interrupt::create());
  format::LineBlock block;
  const auto add = [&block](const std::string& line) {
    block.text().append(line).push_back('\n');
    block.end_line();
  };
  add("first");
  add(std::string(100'000, 'x'));
  const WriteResult result = output.write(block, interrupt, Duration::zero());
  EXPECT_EQ(result.outcome, WriteOutcome::timeout);
  EXPECT_EQ(result.bytes, 6U);  // "first" LF
  EXPECT_EQ(block.lines_within(result.bytes), 1U);
  const std::string before = pipe.drain();
  EXPECT_EQ(before.back(), 'x');

  block.clear();
  add("next");
  EXPECT_EQ(output.write(block, interrupt, Duration::zero()).bytes, 5U);
  EXPECT_EQ(pipe.drain(), "\nnext\n");
  EXPECT_EQ(output.write(block, interrupt, Duration::zero()).bytes, 5U);
  EXPECT_EQ(pipe.drain(), "next\n");
}

}  // namespace
}  // namespace logsniffd::sink::file
