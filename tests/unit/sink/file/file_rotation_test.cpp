// Rotation must not touch the lines: all files together hold each line once, in order, and whole.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <semaphore>

#include "daemon/sink/file/file_options.hpp"
#include "daemon/sink/file/file_sink.hpp"
#include "daemon/sink/file/open_files.hpp"
#include "tests/support/failing_call.hpp"
#include "tests/support/sink_fixture.hpp"
#include "tests/support/temp_directory.hpp"
#include "tests/unit/sink/file/decompressed.hpp"

namespace logsniffd::sink::file {
namespace {

using namespace test;

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::read_file;
using test::write_file;
using testing::ElementsAre;
using testing::HasSubstr;

class FileRotationTest : public testing::Test {
 protected:
  FileSinkOptions options(const std::string& below, RotationOptions rotation) {
    FileSinkOptions options{directory.path(below), "raw"};
    options.rotation = rotation;
    options.timing.wall = [this] { return wall.load(); };
    options.timing.steady = [this] { return steady; };
    options.timing.archive_rested = [this] { rested.release(); };
    return options;
  }
  static std::unique_ptr<Sink> opened(const FileSinkOptions& options) {
    auto sink = made(make_file_sink, options);
    const Status status = sink->open();
    EXPECT_TRUE(status) << (status ? "" : status.error().message());
    return sink;
  }
  std::unique_ptr<Sink> by_size(std::uint64_t size, const std::string& below = "app.log") {
    return opened(options(below, {size, {}, {1000}}));
  }
  std::unique_ptr<Sink> by_time(Duration every, const std::string& below = "app.log") {
    return opened(options(below, {{}, every, {1000}}));
  }

  // Waits until the work of the archivist has made `condition` true.
  template <class Condition>
  bool eventually(Condition condition) {
    while (!condition()) {
      if (!rested.try_acquire_for(20s)) return condition();
    }
    return true;
  }

  // The names of the files in the directory, sorted.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(directory.path())) found.push_back(entry.path().filename());
    std::sort(found.begin(), found.end());
    return found;
  }
  [[nodiscard]] std::string content(const std::string& name) const { return read_file(directory.path(name)); }
  // The contents of the files: the rotated files in the order of their names, then the current one.
  [[nodiscard]] std::vector<std::string> contents(const std::string& name = "app.log") const {
    std::vector<std::string> all;
    for (const std::string& found : names()) {
      const auto rotated = parse_rotated(found);
      if (!rotated || rotated->base != name) continue;
      const std::string text = content(found);
      all.push_back(rotated->compression == Compression::zstd   ? unzstd(text)
                    : rotated->compression == Compression::gzip ? gunzipped(text)
                                                                : text);
    }
    all.push_back(content(name));
    return all;
  }

  test::TempDirectory directory;
  InZone zone;
  std::atomic<PacketTime> wall{kWhen};
  SteadyTime steady{1000s};
  std::counting_semaphore<> rested{0};
};

// Without root, because root ignores permissions.
class Unprivileged {
 public:
  Unprivileged() : before_(::geteuid()) {
    if (before_ == 0 && ::seteuid(65534) != 0) std::abort();
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  ~Unprivileged() {
    if (before_ == 0 && ::seteuid(0) != 0) std::abort();
  }

 private:
  uid_t before_;
};

TEST_F(FileRotationTest, Size_EndsAFileBetweenTwoLines) {
  auto sink = by_size(12);
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"1234", "5678", "9abc", "defg", "hijk"});  // 5 bytes each
  EXPECT_THAT(contents(), ElementsAre("1234\n5678\n", "9abc\ndefg\n", "hijk\n"));
  feeder.write(std::vector<std::string>{"lmnopq"});
  EXPECT_THAT(contents(), ElementsAre("1234\n5678\n", "9abc\ndefg\n", "hijk\nlmnopq\n"));
  feeder.write(std::vector<std::string>{""});
  EXPECT_THAT(contents(), ElementsAre("1234\n5678\n", "9abc\ndefg\n", "hijk\nlmnopq\n", "\n"));
  EXPECT_EQ(sink->counters().rotated.get(), 3U);
  EXPECT_EQ(sink->counters().written_bytes.get(), 33U);
  EXPECT_EQ(names().front(), "app.log");
  EXPECT_EQ(names()[1], "app.log.20260309-102744.016");
  EXPECT_EQ(names()[2], "app.log.20260309-102744.017");
}

TEST_F(FileRotationTest, LineLargerThanTheSize_HasAFileOfItsOwn) {
  auto sink = by_size(8);
  Feeder(*sink).write(std::vector<std::string>{"1", std::string(20, 'x'), "2", "3"});
  EXPECT_THAT(contents(), ElementsAre("1\n", std::string(20, 'x') + "\n", "2\n3\n"));
}

TEST_F(FileRotationTest, Size_CountsWhatWasThereBefore) {
  write_file(directory.path("app.log"), "old 4\n");
  auto sink = by_size(10);
  Feeder(*sink).write(std::vector<std::string>{"12", "34"});
  EXPECT_THAT(contents(), ElementsAre("old 4\n12\n", "34\n"));
}

TEST_F(FileRotationTest, TornLastLine_StaysInItsFile) {
  write_file(directory.path("app.log"), "tor");
  auto sink = by_size(4);
  Feeder(*sink).write(std::vector<std::string>{"12", "34"});
  EXPECT_THAT(contents(), ElementsAre("tor", "12\n", "34\n"));
}

TEST_F(FileRotationTest, AnySizesAndFormats_KeepEachLineOnceAndInOrder) {
  std::minstd_rand random(7);
  for (const char* const format : {"raw", "{message}", "text"}) {
    for (const std::uint64_t size : {1U, 30U, 1000U, 100'000U}) {
      auto chosen = options("app.log", {size, {}, {1'000'000}});
      chosen.format = format;
      auto sink = opened(chosen);
      Feeder feeder(*sink);
      std::string sent;
      for (int round = 0; round < 20; ++round) {
        record::RecordBatch batch;
        batch.begin(std::make_shared<const record::FilterNames>(record::FilterNames{"app"}));
        for (int i = 0; i < 20; ++i) {
          const bool other = random() % 4 == 0;
          const std::string line = std::to_string(round * 20 + i) + std::string(random() % 40, '.');
          batch.append(plain_record(line), 0, record::SinkMask{1} << (other ? kSink + 1 : kSink));
          if (!other) sent += (std::string(format) == "text" ? "10:27:44.016601 " : "") + line + "\n";
        }
        feeder.write(batch);
      }
      std::string held;
      for (const std::string& text : contents()) {
        EXPECT_TRUE(text.size() <= size || std::count(text.begin(), text.end(), '\n') == 1) << text;
        held += text;
      }
      EXPECT_EQ(held, sent) << format << " " << size;
      sink.reset();
      fs::remove_all(directory.path());
      fs::create_directory(directory.path());
    }
  }
}

TEST_F(FileRotationTest, EndOfAPeriod_EndsTheFile) {
  auto sink = by_time(1h);
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"10:27"});
  wall = kWhen + 32min;
  feeder.write(std::vector<std::string>{"10:59"});
  EXPECT_THAT(contents(), ElementsAre("10:27\n10:59\n"));
  wall = kWhen + 33min;
  feeder.write(std::vector<std::string>{"11:00"});
  EXPECT_THAT(contents(), ElementsAre("10:27\n10:59\n", "11:00\n"));
  wall = kWhen + 50h;
  feeder.write(std::vector<std::string>{"12:27"});
  EXPECT_THAT(contents(), ElementsAre("10:27\n10:59\n", "11:00\n", "12:27\n"));
}

TEST_F(FileRotationTest, EndOfAPeriodWithoutAnyLine_EndsTheFile) {
  auto sink = by_time(1h);
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"10:27"});
  EXPECT_EQ(feeder.maintain(), 1min);  // and no longer, because the clock may be set
  wall = kWhen + 32min;
  EXPECT_EQ(feeder.maintain(), 16s - 16601us);
  EXPECT_THAT(contents(), ElementsAre("10:27\n"));
  wall = kWhen + 33min;
  EXPECT_EQ(feeder.maintain(), 1min);
  EXPECT_THAT(contents(), ElementsAre("10:27\n", ""));
  wall = kWhen + 93min;
  EXPECT_EQ(feeder.maintain(), 1min);
  EXPECT_THAT(contents(), ElementsAre("10:27\n", ""));  // an empty file is not rotated
}

TEST_F(FileRotationTest, SilentFileOfMany_IsNotMadeAnew) {
  auto sink = by_time(1h, "{host}.log");
  Feeder feeder(*sink);
  feeder.write({from_host("a", "1")});
  wall = kWhen + 1h;
  EXPECT_EQ(feeder.maintain(), Sink::kNothingDue);
  EXPECT_THAT(contents("a.log"), ElementsAre("1\n", "(absent)"));
  feeder.write({from_host("a", "2")});
  EXPECT_THAT(contents("a.log"), ElementsAre("1\n", "2\n"));
}

TEST_F(FileRotationTest, FileOfAnEarlierPeriod_IsRotatedAtTheStart) {
  const auto since_1970 = std::chrono::duration_cast<std::chrono::seconds>(kWhen.time_since_epoch()).count();
  for (const auto& [name, age] : {std::pair{"old.log", 3600}, std::pair{"new.log", 600}}) {
    write_file(directory.path(name), "before\n");
    const std::array<timespec, 2> times{timespec{since_1970 - age, 0}, timespec{since_1970 - age, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, directory.path(name).c_str(), times.data(), 0), 0);
    Feeder(*by_time(1h, name)).write(std::vector<std::string>{"after"});
  }
  EXPECT_THAT(contents("old.log"), ElementsAre("before\n", "after\n"));
  EXPECT_THAT(contents("new.log"), ElementsAre("before\nafter\n"));
}

TEST_F(FileRotationTest, ClockSetBack_NeitherRotatesTwiceNorWaitsForEver) {
  auto sink = by_time(1h);
  Feeder feeder(*sink);
  const auto at = [&](Duration since, const std::string& line) {
    wall = kWhen + since;
    feeder.write(std::vector<std::string>{line});
  };
  at(0min, "1");
  at(33min, "2");  // rotates
  at(32min, "3");
  at(33min, "4");
  EXPECT_THAT(contents(), ElementsAre("1\n", "2\n3\n4\n"));
  at(100h, "5");  // rotates: the clock is wrong
  at(40min, "6");
  at(93min, "7");  // rotates
  EXPECT_EQ(sink->counters().rotated.get(), 3U);
  EXPECT_EQ(content("app.log"), "7\n");
}

TEST_F(FileRotationTest, NameThatIsTaken_IsNeverOverwritten) {
  write_file(directory.path("precious"), "precious\n");
  fs::create_symlink(directory.path("precious"), directory.path("app.log.20260309-102744.016"));
  fs::create_symlink(directory.path("nowhere"), directory.path("app.log.20260309-102744.017"));
  ASSERT_EQ(::mkfifo(directory.path("app.log.20260309-102744.018").c_str(), 0600), 0);
  fs::create_directory(directory.path("app.log.20260309-102744.019"));
  write_file(directory.path("app.log.20260309-102744.020.zst"), "of another run");
  auto sink = by_size(2);
  Feeder(*sink).write(std::vector<std::string>{"1", "2"});
  EXPECT_EQ(content("app.log.20260309-102744.021"), "1\n");
  EXPECT_EQ(content("app.log"), "2\n");
  EXPECT_EQ(content("precious"), "precious\n");
  EXPECT_EQ(content("nowhere"), "(absent)");
  EXPECT_EQ(content("app.log.20260309-102744.020.zst"), "of another run");
}

TEST_F(FileRotationTest, RenameThatFails_IsSaidOnceAndTriedAgain) {
  fs::permissions(directory.path(), fs::perms(0755));
  auto sink = by_size(4);
  Feeder feeder(*sink);
  fs::permissions(directory.path(), fs::perms(0555));
  {
    const Unprivileged unprivileged;
    feeder.write(std::vector<std::string>{"1", "2", "3", "4"});
    EXPECT_EQ(sink->take_error(), "rotation failed, and the current file stays in use: renaming " +
                                      directory.path("app.log") + ": Permission denied");
    steady += 1s;
    feeder.write(std::vector<std::string>{"5"});
  }
  fs::permissions(directory.path(), fs::perms(0755));
  EXPECT_EQ(sink->take_error(), "");
  EXPECT_THAT(contents(), ElementsAre("1\n2\n3\n4\n5\n"));
  EXPECT_EQ(sink->counters().rotation_failed.get(), 2U);
  EXPECT_EQ(sink->counters().rotated.get(), 0U);
  steady += 1min;
  feeder.write(std::vector<std::string>{"6"});
  EXPECT_THAT(contents(), ElementsAre("1\n2\n3\n4\n5\n", "6\n"));
}

TEST_F(FileRotationTest, NewFileThatCannotBeMade_LeavesTheOldOne) {
  auto sink = by_size(4);
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"1"});
  test::with_failing_call({__NR_openat, EMFILE, O_CREAT, 2}, [&] { feeder.write(std::vector<std::string>{"2", "3"}); });
  EXPECT_THAT(sink->take_error(), HasSubstr("Too many open files"));
  EXPECT_THAT(names(), ElementsAre("app.log"));
  EXPECT_EQ(content("app.log"), "1\n2\n3\n");
  EXPECT_EQ(sink->counters().written.get(), 3U);
  steady += 1min;
  feeder.write(std::vector<std::string>{"4"});
  EXPECT_THAT(contents(), ElementsAre("1\n2\n3\n", "4\n"));
}

TEST_F(FileRotationTest, FileThatWasCut_CountsFromItsNewSize) {
  auto sink = by_size(6);
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"1", "2", "3"});
  fs::resize_file(directory.path("app.log"), 0);  // as logrotate does with copytruncate
  feeder.write(std::vector<std::string>{"4", "5", "6"});
  EXPECT_THAT(contents(), ElementsAre("4\n5\n6\n"));
}

TEST_F(FileRotationTest, FileThatAnotherPutThere_IsNotRotatedForOurs) {
  auto sink = by_size(4);
  Feeder feeder(*sink);
  feeder.write({"1", "2"}, kWhen);
  fs::rename(directory.path("app.log"), directory.path("app.log.1"));
  write_file(directory.path("app.log"), "x\n");
  feeder.write({"3"}, kWhen);
  EXPECT_EQ(content("app.log.1"), "1\n2\n");
  EXPECT_THAT(contents(), ElementsAre("x\n3\n"));
}

TEST_F(FileRotationTest, Kept_AreOnlyTheNewest) {
  auto sink = opened(options("app.log", {2, {}, {2}}));
  Feeder(*sink).write(std::vector<std::string>{"1", "2", "3", "4", "5"});
  ASSERT_TRUE(eventually([&] { return names().size() == 3; }));
  EXPECT_THAT(contents(), ElementsAre("3\n", "4\n", "5\n"));
}

TEST_F(FileRotationTest, Age_IsOfTheRotation) {
  auto sink = opened(options("app.log", {2, {}, {1000, 24h}}));
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"1", "2"});
  wall = kWhen + 25h;
  feeder.write(std::vector<std::string>{"3"});
  ASSERT_TRUE(eventually([&] { return names().size() == 2; }));
  EXPECT_THAT(contents(), ElementsAre("2\n", "3\n"));
}

TEST_F(FileRotationTest, Compression_HappensBehindTheWriting) {
  for (const Compression compression : {Compression::gzip, Compression::zstd}) {
    auto sink = opened(options("app.log", {4, {}, {7, {}, compression}}));
    Feeder(*sink).write(std::vector<std::string>{"1", "2", "3", "4", "5"});
    const std::string suffix(suffix_of(compression));
    ASSERT_TRUE(eventually([&] {
      return content("app.log.20260309-102744.016" + suffix) != "(absent)" &&
             content("app.log.20260309-102744.017" + suffix) != "(absent)" && names().size() == 3;
    }));
    EXPECT_THAT(contents(), ElementsAre("1\n2\n", "3\n4\n", "5\n"));
    EXPECT_EQ(sink->take_error(), "");
    sink.reset();
    for (const std::string& name : names()) fs::remove(directory.path(name));
  }
}

TEST_F(FileRotationTest, WhatAKilledRunLeft_IsDoneAtTheStart) {
  write_file(directory.path("app.log.20260309-102744.016"), "1\n");
  write_file(directory.path(".app.log.20260309-102744.016.zst.tmp"), "half");
  write_file(directory.path("app.log.20260308-102744.016"), "too many\n");
  write_file(directory.path("app.log"), "2\n");
  auto sink = opened(options("app.log", {100, {}, {1, {}, Compression::zstd}}));
  ASSERT_TRUE(eventually([&] { return names().size() == 2; }));
  EXPECT_THAT(contents(), ElementsAre("1\n", "2\n"));
  EXPECT_EQ(names()[1], "app.log.20260309-102744.016.zst");
}

TEST_F(FileRotationTest, CompressionThatFails_IsReported) {
  fs::create_directory(directory.path("app.log.20260309-102744.016.gz"));
  write_file(directory.path("app.log.20260309-102744.016"), "1\n");
  auto sink = opened(options("app.log", {100, {}, {7, {}, Compression::gzip}}));
  rested.acquire();
  Feeder(*sink).write(std::vector<std::string>{"2"});
  EXPECT_THAT(sink->take_error(), HasSubstr("compressing " + directory.path("app.log.20260309-102744.016")));
  EXPECT_EQ(content("app.log.20260309-102744.016"), "1\n");
}

// A reload has changed the sink. The old sink has some seconds to write what it holds.
TEST_F(FileRotationTest, AnotherThatStillWritesToTheRotatedFile_LosesNothing) {
  const auto chosen = options("app.log", {4, {}, {7, {}, Compression::gzip}});
  auto before = opened(chosen);
  Feeder old_feeder(*before);
  old_feeder.write({"1"}, kWhen);
  auto after = opened(chosen);
  Feeder feeder(*after);
  feeder.write({"2", "3"}, kWhen);  // rotates
  rested.acquire();
  old_feeder.write({"4"}, kWhen);
  EXPECT_THAT(contents(), ElementsAre("1\n2\n4\n", "3\n"));
  before.reset();
  feeder.write({"5", "6"}, kWhen);
  ASSERT_TRUE(eventually([&] { return !fs::exists(directory.path("app.log.20260309-102744.016")); }));
  EXPECT_THAT(contents(), ElementsAre("1\n2\n4\n", "3\n5\n", "6\n"));
}

TEST_F(FileRotationTest, NameOfARotatedFileInAValue_IsAnother) {
  auto sink = by_size(2, "{host}");
  Feeder feeder(*sink);
  feeder.write({from_host("a", "1"), from_host("a", "2"), from_host("a.20260309-102744.016", "3"),
                from_host("a.20260309-102744.016.gz", "4"), from_host("a.20990309-102744.016", "5")});
  EXPECT_THAT(names(), ElementsAre("a", "a.20260309-102744.016", "a.20260309-102744.016.g_", "a.20260309-102744.01_",
                                   "a.20990309-102744.01_"));
  EXPECT_EQ(content("a.20260309-102744.016"), "1\n");
}

TEST_F(FileRotationTest, LongestValue_LeavesRoomForTheRotatedName) {
  auto sink = opened(options("{host}", {2, {}, {7, {}, Compression::zstd}}));
  const std::string host(300, 'h');
  Feeder(*sink).write({from_host(host, "1"), from_host(host, "2")});
  const std::string name(255 - kRotatedExtra, 'h');
  ASSERT_TRUE(eventually([&] { return names().size() == 2 && names()[1].ends_with(".zst"); }));
  EXPECT_THAT(contents(name), ElementsAre("1\n", "2\n"));
}

TEST_F(FileRotationTest, MoreFilesThanMayBeOpen_AreRotatedAsWell) {
  auto sink = by_size(4, "{host}/app.log");
  Feeder feeder(*sink);
  constexpr std::size_t kHosts = OpenFiles::kMaxOpen + 40;
  std::vector<std::string> hosts;
  for (std::size_t i = 0; i < kHosts; ++i) hosts.push_back("h" + std::to_string(i));
  for (int round = 0; round < 5; ++round) {
    const std::string line = std::to_string(round);
    std::vector<record::LogRecord> records;
    for (const std::string& host : hosts) records.push_back(from_host(host, line));
    feeder.write(records);
  }
  for (const std::string& host : hosts) {
    std::string held;
    std::vector<fs::path> files(fs::directory_iterator(directory.path(host)), fs::directory_iterator{});
    std::sort(files.begin(), files.end());
    ASSERT_EQ(files.size(), 3U);
    for (const std::size_t i : {1U, 2U, 0U}) held += read_file(files[i]);
    EXPECT_EQ(held, "0\n1\n2\n3\n4\n");
  }
  EXPECT_EQ(sink->counters().rotated.get(), 2 * kHosts);
}

TEST_F(FileRotationTest, Interval_BringsTheLastLinesToTheDiskASecondLater) {
  FileSinkOptions chosen = options("app.log", {1000, {}, {}});
  chosen.rotation.reset();
  chosen.sync = SyncPolicy::interval;
  auto sink = opened(chosen);
  Feeder feeder(*sink);
  EXPECT_EQ(feeder.maintain(), Sink::kNothingDue);
  feeder.write(std::vector<std::string>{"1"});  // the first write is synced immediately
  EXPECT_EQ(feeder.maintain(), Sink::kNothingDue);
  steady += 400ms;
  feeder.write(std::vector<std::string>{"2"});
  EXPECT_EQ(feeder.maintain(), 600ms);
  steady += 600ms;
  EXPECT_EQ(feeder.maintain(), Sink::kNothingDue);
  EXPECT_EQ(sink->take_error(), "");
}

TEST_F(FileRotationTest, EverySyncPolicy_WritesTheSame) {
  for (const SyncPolicy sync : {SyncPolicy::never, SyncPolicy::interval, SyncPolicy::always}) {
    FileSinkOptions chosen = options("{host}.log", {4, {}, {7}});
    chosen.sync = sync;
    auto sink = opened(chosen);
    Feeder(*sink).write({from_host("a", "1"), from_host("a", "2"), from_host("a", "3"), from_host("b", "4")});
    EXPECT_THAT(contents("a.log"), ElementsAre("1\n2\n", "3\n"));
    EXPECT_EQ(content("b.log"), "4\n");
    EXPECT_EQ(sink->take_error(), "");
    sink.reset();
    for (const std::string& name : names()) fs::remove(directory.path(name));
  }
}

TEST(FileRotation, WrongOptions_AreRefused) {
  const auto refusal = [](const std::string& path, RotationOptions rotation) {
    FileSinkOptions options{path};
    options.rotation = rotation;
    return make_file_sink(options).error().message();
  };
  EXPECT_EQ(refusal("/v/x.log", {}), "rotate: neither size nor every is given; give one of them");
  EXPECT_EQ(refusal("/v/x.log", {0, {}, {}}), "rotate: size is 0; use 1 byte or more");
  EXPECT_EQ(refusal("/v/x.log", {{}, 0s, {}}), "rotate: every is not positive; use a positive time");
  EXPECT_EQ(refusal("/v/x.log", {1, {}, {0}}), "rotate: keep is 0; use 1 or more");
  EXPECT_EQ(refusal("/v/" + std::string(227, 'x'), {1, {}, {}}),
            "path: /v/" + std::string(227, 'x') + ": the file name leaves no room for the names of rotated files");
}

}  // namespace
}  // namespace logsniffd::sink::file
