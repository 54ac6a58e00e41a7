#include "daemon/sink/file/archive.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "daemon/base/unique_fd.hpp"
#include "tests/support/temp_directory.hpp"
#include "tests/unit/sink/file/decompressed.hpp"

namespace logsniffd::sink::file {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::read_file;
using test::write_file;
using testing::ElementsAre;

constexpr PacketTime kNow{std::chrono::seconds(1773052064)};  // 2026-03-09 10:27:44 UTC

std::string rotated(Duration ago) {
  return rotated_name("app.log", std::chrono::floor<std::chrono::milliseconds>(kNow - ago));
}

class ArchiveTest : public testing::Test {
 protected:
  std::string settle(const ArchiveRules& rules, const std::string& path = "app.log") {
    return settle_archive(directory.path(), path, rules, kNow, stop.get_token());
  }
  void make(const std::string& name, const std::string& text = "x\n") { write_file(directory.path(name), text); }
  [[nodiscard]] std::vector<std::string> names(const std::string& below = "") const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(directory.path(below))) found.push_back(entry.path().filename());
    std::sort(found.begin(), found.end());
    return found;
  }
  [[nodiscard]] std::string content(const std::string& name) const { return read_file(directory.path(name)); }

  test::TempDirectory directory;
  std::stop_source stop;
};

TEST_F(ArchiveTest, MoreThanAreKept_TheOldestGo) {
  for (const auto ago : {1h, 2h, 3h, 4h, 5h}) make(rotated(ago));
  make(rotated(6h) + ".gz");
  EXPECT_EQ(settle({2, {}, Compression::none}), "");
  EXPECT_THAT(names(), ElementsAre(rotated(2h), rotated(1h)));
}

TEST_F(ArchiveTest, OlderThanTheyAreKept_Go) {
  for (const auto ago : {1h, 25h, 49h}) make(rotated(ago));
  make(rotated(48h) + ".zst");
  EXPECT_EQ(settle({7, 48h, Compression::none}), "");
  EXPECT_THAT(names(), ElementsAre(rotated(48h) + ".zst", rotated(25h), rotated(1h)));
}

TEST_F(ArchiveTest, TwoFormsOfOneFile_CountOnceAndGoTogether) {
  for (const auto ago : {1h, 2h, 3h}) {
    make(rotated(ago));
    make(rotated(ago) + ".gz");
  }
  EXPECT_EQ(settle({2, {}, Compression::none}), "");
  EXPECT_THAT(names(), ElementsAre(rotated(2h), rotated(2h) + ".gz", rotated(1h), rotated(1h) + ".gz"));
}

// Otherwise, after a wrong clock has made names of a far year, every new file would be deleted immediately.
TEST_F(ArchiveTest, NamesFromTheFuture_AreTheOldest) {
  for (const auto ahead : {10000h, 20000h}) make(rotated(-ahead));
  for (const auto ago : {1h, 2h}) make(rotated(ago));
  make(rotated(-1s));  // a little ahead, from fast rotation
  EXPECT_EQ(settle({3, {}, Compression::none}), "");
  EXPECT_THAT(names(), ElementsAre(rotated(2h), rotated(1h), rotated(-1s)));
}

TEST_F(ArchiveTest, YearsThatNanosecondsDoNotReach_AreOrderedAsWell) {
  const std::string first = "app.log.00010101-000000.000";
  const std::string last = "app.log.99991231-235959.999";
  for (const std::string& name : {first, last, rotated(1h)}) make(name);
  EXPECT_EQ(settle({2, {}, Compression::none}), "");
  EXPECT_THAT(names(), ElementsAre(first, rotated(1h)));
  EXPECT_EQ(settle({2, 48h, Compression::none}), "");
  EXPECT_THAT(names(), ElementsAre(rotated(1h)));
}

TEST_F(ArchiveTest, WhatIsNotOfThisFile_IsNeverTouched) {
  const std::string stamp = rotated(5h).substr(std::string("app.log").size());
  const std::vector<std::string> others{"app.log",
                                        "app.log.1",
                                        "app.log.gz",
                                        "pp.log" + stamp,
                                        "app.log2" + stamp,
                                        "xapp.log" + stamp,
                                        "app.log" + stamp + ".xz",
                                        "app.log" + stamp + "~",
                                        ".app.log" + stamp + ".tmp",
                                        "."
                                        "pp.log" +
                                            stamp + ".gz.tmp",
                                        "app.log" + stamp + stamp};
  for (const std::string& name : others) make(name);
  EXPECT_EQ(settle({1, 1s, Compression::gzip}), "");
  std::vector<std::string> sorted = others;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(names(), sorted);
}

TEST_F(ArchiveTest, WhatIsNoRegularFile_IsNeverTouched) {
  make("precious");
  fs::create_directory(directory.path(rotated(1h)));
  fs::create_symlink(directory.path("precious"), directory.path(rotated(2h)));
  ASSERT_EQ(::mkfifo(directory.path(rotated(3h)).c_str(), 0600), 0);
  fs::create_symlink(directory.path("precious"), directory.path(temporary_name(rotated(4h), Compression::gzip)));
  make(rotated(5h));
  const auto before = names();
  EXPECT_EQ(settle({1, {}, Compression::none}), "");
  EXPECT_EQ(names(), before);
  EXPECT_EQ(content("precious"), "x\n");
}

TEST_F(ArchiveTest, Compression_KeepsContentModeAndTime) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "line " + std::to_string(i) + "\n";
  for (const Compression compression : {Compression::gzip, Compression::zstd}) {
    make(rotated(1h), text);
    make(rotated(2h), "");
    fs::permissions(directory.path(rotated(1h)), fs::perms(0604));
    const auto changed = fs::last_write_time(directory.path(rotated(1h))) - 5h;
    fs::last_write_time(directory.path(rotated(1h)), changed);
    EXPECT_EQ(settle({7, {}, compression}), "");
    const std::string suffix(suffix_of(compression));
    EXPECT_THAT(names(), ElementsAre(rotated(2h) + suffix, rotated(1h) + suffix));
    const auto original = compression == Compression::gzip ? gunzipped : unzstd;
    EXPECT_EQ(original(content(rotated(1h) + suffix)), text);
    EXPECT_EQ(original(content(rotated(2h) + suffix)), "");
    EXPECT_LT(fs::file_size(directory.path(rotated(1h) + suffix)), text.size() / 3);
    EXPECT_EQ(fs::status(directory.path(rotated(1h) + suffix)).permissions(), fs::perms(0604));
    EXPECT_EQ(fs::last_write_time(directory.path(rotated(1h) + suffix)), changed);
    for (const auto ago : {1h, 2h}) fs::remove(directory.path(rotated(ago) + suffix));
  }
}

TEST_F(ArchiveTest, FilesBelowFolders_AreFound) {
  fs::create_directories(directory.path("a/b"));
  make("a/b/" + rotated(1h));
  EXPECT_EQ(settle({7, {}, Compression::gzip}, "a/b/app.log"), "");
  EXPECT_THAT(names("a/b"), ElementsAre(rotated(1h) + ".gz"));
}

TEST_F(ArchiveTest, KilledInTheMiddle_StartsAnew) {
  make(rotated(1h), "whole\n");
  make(temporary_name(rotated(1h), Compression::zstd), "half");
  make(temporary_name(rotated(2h), Compression::gzip), "of a compression that is used no more");
  EXPECT_EQ(settle({7, {}, Compression::zstd}), "");
  EXPECT_THAT(names(), ElementsAre(rotated(1h) + ".zst"));
  EXPECT_EQ(unzstd(content(rotated(1h) + ".zst")), "whole\n");
}

TEST_F(ArchiveTest, KilledBeforeTheOriginalWent_LetsItGo) {
  make(rotated(1h), "whole\n");
  make(rotated(1h) + ".gz", "compressed");
  EXPECT_EQ(settle({7, {}, Compression::zstd}), "");
  EXPECT_THAT(names(), ElementsAre(rotated(1h) + ".gz"));
}

TEST_F(ArchiveTest, StoppedCompression_LeavesTheOriginalAlone) {
  make(rotated(1h), "whole\n");
  stop.request_stop();
  EXPECT_EQ(settle({7, {}, Compression::zstd}), "");
  EXPECT_THAT(names(), ElementsAre(rotated(1h)));
  EXPECT_EQ(content(rotated(1h)), "whole\n");
}

// The writer is the old sink after a reload. It has some seconds to write what it holds.
TEST_F(ArchiveTest, FileIntoWhichSomebodyWrites_IsLeftForLater) {
  make(rotated(1h));
  make(rotated(2h));
  make(rotated(2h) + ".gz");
  {
    const UniqueFd first(::open(directory.path(rotated(1h)).c_str(), O_WRONLY | O_CLOEXEC));
    const UniqueFd second(::open(directory.path(rotated(2h)).c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_EQ(::flock(first.get(), LOCK_SH), 0);
    ASSERT_EQ(::flock(second.get(), LOCK_SH), 0);
    EXPECT_EQ(settle({7, {}, Compression::gzip}), "");
    EXPECT_THAT(names(), ElementsAre(rotated(2h), rotated(2h) + ".gz", rotated(1h)));
  }
  EXPECT_EQ(settle({7, {}, Compression::gzip}), "");
  EXPECT_THAT(names(), ElementsAre(rotated(2h) + ".gz", rotated(1h) + ".gz"));
}

TEST_F(ArchiveTest, CompressionThatGoesOnElsewhere_IsNoLeftOver) {
  make(rotated(1h));
  const std::string temporary = temporary_name(rotated(1h), Compression::gzip);
  make(temporary, "grows");
  const UniqueFd other(::open(directory.path(temporary).c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(other.get(), LOCK_EX), 0);
  EXPECT_EQ(settle({7, {}, Compression::gzip}), "");
  EXPECT_THAT(names(), ElementsAre(temporary, rotated(1h)));
  EXPECT_EQ(content(temporary), "grows");
}

TEST_F(ArchiveTest, FinalNameThatIsTaken_IsReportedAndNotOverwritten) {
  make(rotated(1h), "whole\n");
  fs::create_directory(directory.path(rotated(1h) + ".gz"));
  EXPECT_EQ(settle({7, {}, Compression::gzip}), "compressing " + directory.path(rotated(1h)) + ": File exists");
  EXPECT_THAT(names(), ElementsAre(rotated(1h), rotated(1h) + ".gz"));
  EXPECT_EQ(content(rotated(1h)), "whole\n");
}

TEST_F(ArchiveTest, FolderThatIsALink_IsNotFollowed) {
  fs::create_directory(directory.path("out"));
  make("out/" + rotated(1h));
  fs::create_directory_symlink(directory.path("out"), directory.path("evil"));
  EXPECT_THAT(settle({7, 1s, Compression::gzip}, "evil/app.log"),
              testing::HasSubstr("symbolic links are not followed"));
  EXPECT_THAT(names("out"), ElementsAre(rotated(1h)));
}

}  // namespace
}  // namespace logsniffd::sink::file
