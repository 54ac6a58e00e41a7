// Rotated files: which are kept, compressed, and what they are called.
#include <algorithm>

#include "tests/unit/sink/file/file_rotation_fixture.hpp"

namespace logsniffd::sink::file {
namespace {

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
  const auto is_compressed = [](const std::string& name) { return name.ends_with(".gz"); };
  ASSERT_TRUE(eventually([&] {
    const auto now = names();
    return now.size() == 3 && std::count_if(now.begin(), now.end(), is_compressed) == 2;
  }));
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

}  // namespace
}  // namespace logsniffd::sink::file
