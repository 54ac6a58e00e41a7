// Rotation must not touch the lines: all files together hold each line once, in order, and whole.
#include "tests/unit/sink/file/file_rotation_fixture.hpp"

namespace logsniffd::sink::file {
namespace {

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
    EXPECT_FALSE(feeder.health().failing);
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
