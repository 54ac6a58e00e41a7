#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>

#include "daemon/sink/file/file_options.hpp"
#include "daemon/sink/file/file_sink.hpp"
#include "daemon/sink/file/open_files.hpp"
#include "tests/support/sink_fixture.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::sink::file {
namespace {

using namespace test;

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::read_file;
using test::write_file;

class FileSinkTest : public testing::Test {
 protected:
  std::unique_ptr<Sink> opened(const std::string& below, std::string format = "raw") {
    auto sink = made(make_file_sink, FileSinkOptions{directory.path(below), std::move(format), 0640});
    const Status status = sink->open();
    EXPECT_TRUE(status) << (status ? "" : status.error().message());
    return sink;
  }
  std::string open_error(const std::string& below) {
    const Status status = made(make_file_sink, FileSinkOptions{directory.path(below)})->open();
    return status ? "(none)" : status.error().message();
  }
  [[nodiscard]] std::string content(const std::string& below) const { return read_file(directory.path(below)); }

  test::TempDirectory directory;
  InZone zone;
};

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator{}));
}

// The kernel writes at most `bytes` of any file, like a disk that becomes full in the middle of a line.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_F(FileSinkTest, ConstantPath_IsOneFileWithItsMode) {
  const mode_t before = ::umask(077);
  auto sink = opened("a/b/app.log");
  ::umask(before);
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"one", "two"});
  feeder.write(std::vector<std::string>{"three"});
  EXPECT_EQ(content("a/b/app.log"), "one\ntwo\nthree\n");
  EXPECT_EQ(sink->counters().written.get(), 3U);
  EXPECT_EQ(sink->counters().written_bytes.get(), 14U);
  EXPECT_EQ(fs::status(directory.path("a/b/app.log")).permissions(), fs::perms(0640));
  EXPECT_EQ(sink->take_error(), "");
}

TEST_F(FileSinkTest, MissingFolders_ArePrivateToUserAndGroup) {
  for (const auto& [umask, mode] : {std::pair{0000U, fs::perms(0750)}, std::pair{0027U, fs::perms(0750)}}) {
    const mode_t before = ::umask(umask);
    Feeder(*opened("a/b/app.log")).write(std::vector<std::string>{"1"});
    ::umask(before);
    EXPECT_EQ(fs::status(directory.path("a")).permissions(), mode);
    EXPECT_EQ(fs::status(directory.path("a/b")).permissions(), mode);
    EXPECT_EQ(fs::status(directory.path("a/b/app.log")).permissions(), fs::perms(0640));
    fs::remove_all(directory.path("a"));
  }
}

// As logrotate does with copytruncate.
TEST_F(FileSinkTest, FileThatWasCut_IsWrittenFromItsStart) {
  auto sink = opened("app.log");
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"1", "2"});
  fs::copy_file(directory.path("app.log"), directory.path("app.log.1"));
  fs::resize_file(directory.path("app.log"), 0);
  feeder.write(std::vector<std::string>{"3"});
  EXPECT_EQ(content("app.log.1"), "1\n2\n");
  EXPECT_EQ(content("app.log"), "3\n");  // no hole of NULs before it
}

TEST_F(FileSinkTest, FileReplacedByWhatIsNone_IsNotFollowed) {
  write_file(directory.path("precious"), "precious\n");
  for (const char kind : {'l', 'p', 'd'}) {
    auto sink = opened("app.log");
    Feeder feeder(*sink);
    fs::remove(directory.path("app.log"));
    if (kind == 'l') fs::create_symlink(directory.path("precious"), directory.path("app.log"));
    if (kind == 'p') ::mkfifo(directory.path("app.log").c_str(), 0600);
    if (kind == 'd') fs::create_directory(directory.path("app.log"));
    feeder.write({"1", "2"}, kWhen);
    EXPECT_EQ(dropped(*sink, DropReason::io_error), 2U) << kind;
    EXPECT_NE(sink->take_error(), "");
    fs::remove(directory.path("app.log"));
    feeder.write({"3"}, kWhen);
    EXPECT_EQ(content("app.log"), "3\n");
    fs::remove(directory.path("app.log"));
  }
  EXPECT_EQ(content("precious"), "precious\n");
}

TEST_F(FileSinkTest, RecordsOfOtherSinks_AreLeftOut) {
  for (const char* const format : {"raw", "{message}"}) {
    auto sink = opened("app.log", format);
    record::RecordBatch batch;
    batch.begin(std::make_shared<const record::FilterNames>(record::FilterNames{"app"}));
    for (const std::string_view text : {"a", "b", "c", "d"}) {
      batch.append(plain_record(text), 0, record::SinkMask{1} << (text == "b" ? kSink + 1 : kSink));
    }
    Feeder feeder(*sink);
    feeder.write(batch);
    EXPECT_EQ(content("app.log"), "a\nc\nd\n");
    {
      const FileSizeLimit limit(8);
      feeder.write(batch);
    }
    EXPECT_THAT(feeder.losses.seen, testing::ElementsAre("io error: c", "io error: d"));
    fs::remove(directory.path("app.log"));
  }
}

TEST_F(FileSinkTest, TemplatedPath_IsOneFileForEachValue) {
  auto sink = opened("{host}/{filter}.log", "{message}");
  Feeder feeder(*sink);
  feeder.write({from_host("a", "1"), from_host("b", "2"), from_host("a", "3"), from_host("", "4")});
  EXPECT_EQ(content("a/app.log"), "1\n3\n");
  EXPECT_EQ(content("b/app.log"), "2\n");
  EXPECT_EQ(content("_/app.log"), "4\n");
  EXPECT_EQ(fs::status(directory.path("a")).permissions() & fs::perms::others_all, fs::perms::none);
}

TEST_F(FileSinkTest, HostileValue_StaysBelowTheDirectory) {
  auto sink = opened("in/{host}.log");
  Feeder feeder(*sink);
  feeder.write({from_host("../out", "1"), from_host("/etc/x", "2"), from_host("..", "3")});
  EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator{}), 1);
  EXPECT_EQ(content("in/___out.log"), "1\n");
  EXPECT_EQ(content("in/_etc_x.log"), "2\n");
  EXPECT_EQ(content("in/__.log"), "3\n");
}

TEST_F(FileSinkTest, SymbolicLinkBelowTheDirectory_IsNotFollowed) {
  fs::create_directories(directory.path("out"));
  fs::create_directories(directory.path("in"));
  fs::create_directory_symlink(directory.path("out"), directory.path("in/evil"));
  fs::create_symlink(directory.path("out/target"), directory.path("in/file"));
  auto sink = opened("in/{host}/x.log");
  auto flat = opened("in/{host}");
  Feeder feeder(*sink);
  feeder.write({from_host("evil", "1"), from_host("good", "2")});
  EXPECT_EQ(dropped(*sink, DropReason::io_error), 1U);
  EXPECT_THAT(sink->take_error(), testing::HasSubstr("symbolic links are not followed"));
  EXPECT_EQ(content("in/good/x.log"), "2\n");
  Feeder(*flat).write({from_host("file", "1")});
  EXPECT_EQ(dropped(*flat, DropReason::io_error), 1U);
  EXPECT_TRUE(fs::is_empty(directory.path("out")));
}

TEST_F(FileSinkTest, LinkInTheFixedPart_IsTheOperators) {
  fs::create_directories(directory.path("real"));
  fs::create_directory_symlink(directory.path("real"), directory.path("link"));
  auto sink = opened("link/x.log");
  Feeder(*sink).write(std::vector<std::string>{"1"});
  EXPECT_EQ(content("real/x.log"), "1\n");
}

TEST_F(FileSinkTest, WhatIsNoRegularFile_IsRefusedAtOnce) {
  ASSERT_EQ(::mkfifo(directory.path("fifo").c_str(), 0600), 0);
  fs::create_directory(directory.path("dir"));
  fs::create_symlink(directory.path("nowhere"), directory.path("link"));
  EXPECT_EQ(open_error("fifo"),
            directory.path("fifo") + ": not a regular file; logsniffd writes only to regular files");
  EXPECT_EQ(open_error("dir"), directory.path("dir") + ": Is a directory; logsniffd writes only to regular files");
  EXPECT_EQ(open_error("link"), directory.path("link") +
                                    ": Too many levels of symbolic links; a file or a symbolic link is in the way "
                                    "(symbolic links are not followed): use the real path");
  EXPECT_EQ(content("nowhere"), "(absent)");
}

TEST_F(FileSinkTest, OpenOfWhatCannotBe_NamesPathAndMend) {
  write_file(directory.path("file"), "");
  EXPECT_THAT(open_error("file/x.log"), testing::StartsWith(directory.path("file/x.log") + ": Not a directory"));
}

TEST_F(FileSinkTest, TornLastLine_IsNotContinued) {
  write_file(directory.path("app.log"), "whole\ntor");
  auto sink = opened("app.log");
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"a"});
  feeder.write(std::vector<std::string>{"b"});
  EXPECT_EQ(content("app.log"), "whole\ntor\na\nb\n");
  EXPECT_EQ(sink->counters().written_bytes.get(), 4U);
}

TEST_F(FileSinkTest, LineIsBeingWrittenWhenTheFileIsOpened_ItIsNotTornAtTheFirstWrite) {
  write_file(directory.path("app.log"), "whole\nhal");
  auto sink = opened("app.log");
  write_file(directory.path("app.log"), "whole\nhalf\n");  // by the sink that it follows
  Feeder(*sink).write(std::vector<std::string>{"a"});
  EXPECT_EQ(content("app.log"), "whole\nhalf\na\n");
}

TEST_F(FileSinkTest, WholeLastLine_IsFollowedDirectly) {
  write_file(directory.path("app.log"), "whole\n");
  Feeder(*opened("app.log")).write(std::vector<std::string>{"a"});
  EXPECT_EQ(content("app.log"), "whole\na\n");
}

TEST_F(FileSinkTest, WriteThatStopsInsideLine_LeavesNoTornLine) {
  for (const char* const format : {"raw", "{message}"}) {
    auto sink = opened("app.log", format);
    Feeder feeder(*sink);
    {
      const FileSizeLimit limit(10);
      feeder.write(std::vector<std::string>{"1234", "5678", "9abc", "defg"});  // 5 bytes each
      feeder.write(std::vector<std::string>{"x"});
    }
    EXPECT_EQ(content("app.log"), "1234\n5678\n");
    EXPECT_EQ(sink->counters().written.get(), 2U);
    EXPECT_EQ(dropped(*sink, DropReason::io_error), 3U);  // EFBIG
    EXPECT_THAT(feeder.losses.seen, testing::ElementsAre("io error: 9abc", "io error: defg", "io error: x"));
    EXPECT_THAT(sink->take_error(), testing::HasSubstr(directory.path("app.log")));
    feeder.write(std::vector<std::string>{"y"});
    EXPECT_EQ(content("app.log"), "1234\n5678\ny\n");
    EXPECT_EQ(sink->take_error(), "");
    fs::remove(directory.path("app.log"));
  }
}

TEST_F(FileSinkTest, LimitInsideLine_TakesTheRestBack) {
  auto sink = opened("app.log");
  Feeder feeder(*sink);
  {
    const FileSizeLimit limit(8);
    feeder.write(std::vector<std::string>{"1234", "5678", "9abc"});
    EXPECT_EQ(content("app.log"), "1234\n");
  }
  EXPECT_EQ(dropped(*sink, DropReason::io_error), 2U);
  feeder.write(std::vector<std::string>{"next"});
  EXPECT_EQ(content("app.log"), "1234\nnext\n");
}

TEST_F(FileSinkTest, MovedFile_IsMadeAnewWithinASecond) {
  auto sink = opened("app.log");
  Feeder feeder(*sink);
  feeder.write({"1"}, kWhen);
  fs::rename(directory.path("app.log"), directory.path("app.log.1"));
  feeder.write({"2"}, kWhen + 900ms);
  EXPECT_EQ(content("app.log"), "(absent)");
  feeder.write({"3"}, kWhen + 1s);
  EXPECT_EQ(content("app.log"), "3\n");
  EXPECT_EQ(content("app.log.1"), "1\n2\n");
}

TEST_F(FileSinkTest, DeletedFileAndDirectory_AreMadeAnew) {
  auto sink = opened("{host}/app.log");
  Feeder feeder(*sink);
  feeder.write({from_host("a", "1", kWhen)});
  fs::remove_all(directory.path());
  feeder.write({from_host("a", "2", kWhen + 1s)});
  EXPECT_EQ(content("a/app.log"), "2\n");
}

TEST_F(FileSinkTest, ClockThatStepsBack_StillFindsAMovedFile) {
  auto sink = opened("app.log");
  Feeder feeder(*sink);
  feeder.write({"1"}, kWhen);
  fs::remove(directory.path("app.log"));
  feeder.write({"2"}, kWhen - 1h);
  EXPECT_EQ(content("app.log"), "2\n");
}

TEST_F(FileSinkTest, Reopen_LeavesTheMovedFile) {
  auto sink = opened("app.log");
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"1"});
  fs::rename(directory.path("app.log"), directory.path("app.log.1"));
  sink->reopen();
  EXPECT_EQ(content("app.log"), "");
  feeder.write(std::vector<std::string>{"2"});
  EXPECT_EQ(content("app.log"), "2\n");
  EXPECT_EQ(content("app.log.1"), "1\n");
}

TEST_F(FileSinkTest, ReopenThatFails_IsReportedAndCounted) {
  auto sink = opened("app.log");
  Feeder feeder(*sink);
  fs::remove(directory.path("app.log"));
  fs::create_directory(directory.path("app.log"));
  sink->reopen();
  EXPECT_THAT(sink->take_error(), testing::HasSubstr("Is a directory"));
  feeder.write(std::vector<std::string>{"1", "2"});
  EXPECT_EQ(dropped(*sink, DropReason::io_error), 2U);
  EXPECT_THAT(feeder.losses.seen, testing::ElementsAre("io error: 1", "io error: 2"));
  fs::remove(directory.path("app.log"));
  feeder.write(std::vector<std::string>{"3"});
  EXPECT_EQ(content("app.log"), "3\n");
}

TEST_F(FileSinkTest, OneFileOfManyFails_ItsRecordsAloneAreLostAndShown) {
  auto sink = opened("{host}.log");
  Feeder feeder(*sink);
  fs::create_directory(directory.path("bad.log"));
  feeder.write({from_host("good", "a"), from_host("bad", "b"), from_host("good", "c"), from_host("bad", "d")});
  EXPECT_EQ(content("good.log"), "a\nc\n");
  EXPECT_THAT(feeder.losses.seen, testing::ElementsAre("io error: b", "io error: d"));
}

TEST_F(FileSinkTest, ManyValues_KeepABoundedNumberOfFilesOpen) {
  auto sink = opened("{host}.log");
  Feeder feeder(*sink);
  const std::size_t before = open_descriptors();
  constexpr std::size_t kHosts = OpenFiles::kMaxOpen + 40;
  for (int round = 0; round < 2; ++round) {
    std::vector<std::string> hosts;
    for (std::size_t i = 0; i < kHosts; ++i) hosts.push_back("h" + std::to_string(i));
    std::vector<record::LogRecord> records;
    for (const std::string& host : hosts) records.push_back(from_host(host, "m"));
    feeder.write(records);
  }
  EXPECT_EQ(open_descriptors(), before + OpenFiles::kMaxOpen);
  EXPECT_EQ(sink->counters().written.get(), 2 * kHosts);
  EXPECT_EQ(content("h0.log"), "m\nm\n");
  EXPECT_EQ(content("h167.log"), "m\nm\n");
}

TEST_F(FileSinkTest, Notice_GoesToTheFileAndIsNotCounted) {
  auto sink = opened("app.log", "{time:%H:%M} {host} {message}");
  Feeder feeder(*sink);
  EXPECT_TRUE(sink->write_notice("lost", kWhen, feeder.interrupt));
  feeder.write({from_host("h", "1")});
  EXPECT_EQ(content("app.log"), "10:27  lost\n10:27 h 1\n");
  EXPECT_EQ(sink->counters().written.get(), 1U);
}

TEST_F(FileSinkTest, NoticeBeforeAnyFile_WaitsForTheFirst) {
  auto sink = opened("{host}.log");
  Feeder feeder(*sink);
  EXPECT_TRUE(sink->write_notice("lost", kWhen, feeder.interrupt));
  feeder.write({from_host("a", "1")});
  EXPECT_TRUE(sink->write_notice("lost again", kWhen, feeder.interrupt));
  feeder.write({from_host("b", "2")});
  EXPECT_EQ(content("a.log"), "lost\n1\nlost again\n");
  EXPECT_EQ(content("b.log"), "2\n");
}

TEST(FileSink, WrongOptions_AreRefused) {
  EXPECT_EQ(make_file_sink({"x.log"}).error().message(), "path: x.log: the path must be absolute");
  EXPECT_EQ(make_file_sink({"/x.log", "{mesage}"}).error().message(),
            "format: {mesage}: unknown field (did you mean 'message'?)");
  EXPECT_EQ(make_file_sink({"x.log"}).error().exit_code(), 2);
}

}  // namespace
}  // namespace logsniffd::sink::file
