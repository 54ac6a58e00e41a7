// The queue on disk: its order, restarts, and what remains after every kind of damage to its files.
#include "daemon/spool/spool_log.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <csignal>
#include <filesystem>
#include <numeric>

#include "tests/support/failing_call.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::spool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Texts = std::vector<std::string>;

constexpr SteadyTime kNow{std::chrono::hours(1)};
constexpr SpoolLimits kRoomy{1 << 20, 1 << 16};

std::unique_ptr<SpoolLog> opened(const std::string& path, SpoolLimits limits = kRoomy) {
  auto log = SpoolLog::open(path, limits);
  EXPECT_TRUE(log) << (log ? "" : log.error().message());
  return log ? std::move(*log) : nullptr;
}

void put(SpoolLog& log, std::string_view text, std::uint32_t records = 1) {
  EXPECT_EQ(log.append({EntryKind::records, records, text}, kNow), SpoolLog::Appended::done) << log.take_error();
}

std::string take(SpoolLog& log) {
  const auto front = log.front();
  if (!front) return "(nothing)";
  std::string text(front->entry.payload);
  log.pop_front();
  return text;
}

Texts take_all(SpoolLog& log) {
  Texts texts;
  while (const auto front = log.front()) {
    texts.emplace_back(front->entry.payload);
    log.pop_front();
  }
  return texts;
}

class SpoolLogTest : public testing::Test {
 protected:
  // In ascending order.
  Texts segment_files() {
    Texts files;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().extension() == ".segment") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }
  // Leaves the spool of a killed process: entries of one to five bytes, one record each, in one segment.
  void leave(const Texts& texts) {
    const auto log = opened(path_);
    for (const std::string& text : texts) put(*log, text);
  }

  // Makes this segment the whole spool, with nothing delivered.
  void restore(const std::string& file, const std::string& content) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
    test::write_file(file, content);
  }

  test::TempDirectory directory_;
  std::string path_ = directory_.path("spool/of/a/sink");
};

TEST_F(SpoolLogTest, Fresh_IsEmpty) {
  const auto log = opened(path_);
  EXPECT_TRUE(log->empty());
  EXPECT_FALSE(log->front());
  EXPECT_EQ(log->records(), 0);
  EXPECT_EQ(log->bytes(), 0);
}

TEST_F(SpoolLogTest, EntriesComeBackInOrder) {
  const auto log = opened(path_);
  put(*log, "one", 3);
  put(*log, "", 1);
  put(*log, "three", 2);
  EXPECT_EQ(log->records(), 6);
  EXPECT_EQ(log->bytes(), 3 * SpoolEntry::kHeader + 8);
  EXPECT_EQ(log->front()->entry.records, 3);
  EXPECT_THAT(take_all(*log), ElementsAre("one", "", "three"));
  EXPECT_TRUE(log->empty());
  EXPECT_EQ(log->bytes(), 0);
  EXPECT_THAT(segment_files(), IsEmpty());
}

TEST_F(SpoolLogTest, AppendingWhileReading_KeepsTheOrder) {
  const auto log = opened(path_, {1 << 20, 200});
  Texts taken;
  Texts expected;
  for (int i = 0; i < 100; ++i) {
    expected.push_back(std::to_string(i));
    put(*log, expected.back());
    if (i % 3 != 0) taken.push_back(take(*log));
  }
  for (const std::string& text : take_all(*log)) taken.push_back(text);
  EXPECT_EQ(taken, expected);
}

TEST_F(SpoolLogTest, ManySegments_AreRemovedAsTheyAreRead) {
  const auto log = opened(path_, {1 << 20, 100});
  Texts expected;
  for (int i = 0; i < 50; ++i) put(*log, expected.emplace_back(std::string(40, static_cast<char>('a' + i % 26))));
  EXPECT_EQ(segment_files().size(), 50);
  for (int i = 0; i < 25; ++i) EXPECT_EQ(take(*log), expected[static_cast<std::size_t>(i)]);
  EXPECT_EQ(segment_files().size(), 25);
  EXPECT_EQ(log->bytes(), 25 * (SpoolEntry::kHeader + 40));
}

TEST_F(SpoolLogTest, EntryLargerThanASegment_HasOneOfItsOwn) {
  const auto log = opened(path_, {1 << 20, 100});
  const std::string large(300'000, 'x');  // and than the reader's window
  put(*log, "before");
  put(*log, large);
  put(*log, "behind");
  EXPECT_EQ(take(*log), "before");
  EXPECT_EQ(take(*log), large);
  EXPECT_EQ(take(*log), "behind");
}

TEST_F(SpoolLogTest, Full_RefusesUntilASegmentIsDelivered) {
  constexpr std::uint64_t kEntry = SpoolEntry::kHeader + 76;  // 100
  const auto log = opened(path_, {4 * kEntry, 2 * kEntry});
  const std::string text(76, 'x');
  for (int i = 0; i < 4; ++i) put(*log, text);
  EXPECT_EQ(log->append({EntryKind::records, 1, text}, kNow), SpoolLog::Appended::full);
  EXPECT_EQ(log->append({EntryKind::records, 1, ""}, kNow), SpoolLog::Appended::full);
  EXPECT_EQ(log->records(), 4);
  take(*log);
  EXPECT_EQ(log->append({EntryKind::records, 1, text}, kNow), SpoolLog::Appended::full);
  take(*log);
  put(*log, text);
  EXPECT_EQ(log->bytes(), 3 * kEntry);
}

TEST_F(SpoolLogTest, Restart_GoesOnBehindWhatWasDelivered) {
  {
    const auto log = opened(path_, {1 << 20, 64});
    for (const char* text : {"a", "b", "c", "d", "e"}) put(*log, text, 2);
    EXPECT_EQ(take(*log), "a");
    EXPECT_EQ(take(*log), "b");
    EXPECT_EQ(take(*log), "c");
  }
  const auto log = opened(path_, {1 << 20, 64});
  EXPECT_EQ(log->records(), 4);
  put(*log, "f");
  EXPECT_THAT(take_all(*log), ElementsAre("d", "e", "f"));
  EXPECT_EQ(log->take_damage().places, 0);
}

TEST_F(SpoolLogTest, RestartInsideAnEntry_GoesOnBehindItsSettledRecords) {
  leave({"x"});
  {
    const auto log = opened(path_);
    put(*log, "five records", 5);
    EXPECT_EQ(take(*log), "x");
    ASSERT_TRUE(log->front());
    log->settle(2, true);
    log->settle(1, false);  // the fourth, for example; a restart knows only of the first two
    EXPECT_EQ(log->records(), 2);
  }
  const auto log = opened(path_);
  EXPECT_EQ(log->records(), 3);
  EXPECT_EQ(log->front()->settled, 2);
  EXPECT_EQ(log->front()->entry.records, 5);
  log->pop_front();
  EXPECT_EQ(log->records(), 0);
  EXPECT_TRUE(log->empty());
}

TEST_F(SpoolLogTest, PositionTorn_EverythingComesAgain) {
  {
    const auto log = opened(path_);
    for (const char* text : {"a", "b", "c"}) put(*log, text);
    take(*log);
  }
  const std::string position = test::read_file(path_ + "/position");
  for (std::size_t size = 0; size < position.size(); ++size) {
    test::write_file(path_ + "/position", position.substr(0, size));
    EXPECT_EQ(opened(path_)->records(), 3) << size;
  }
}

TEST_F(SpoolLogTest, PositionFlipped_EverythingComesAgain) {
  leave({"a", "b"});
  take(*opened(path_));
  const std::string position = test::read_file(path_ + "/position");
  for (std::size_t at = 0; at < position.size(); ++at) {
    std::string flipped = position;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    test::write_file(path_ + "/position", flipped);
    EXPECT_EQ(opened(path_)->records(), 2) << at;
  }
}

TEST_F(SpoolLogTest, DeliveredSegmentThatCameBack_IsNotDeliveredAgain) {
  leave({"old"});
  const std::string file = segment_files().front();
  const std::string old = test::read_file(file);
  {
    const auto log = opened(path_);
    put(*log, "next");
    put(*log, "last");
    EXPECT_EQ(take(*log), "old");
    EXPECT_EQ(take(*log), "next");
  }
  test::write_file(file, old);  // as if its removal had not reached the disk
  EXPECT_THAT(take_all(*opened(path_)), ElementsAre("last"));
}

// As after kill -9, or a power failure, in the middle of a write.
TEST_F(SpoolLogTest, LastSegmentTruncatedAtEveryByte_WholeEntriesAreKeptAndTheTailIsCounted) {
  leave({"first", "second", "third"});
  const std::string file = segment_files().front();
  const std::string whole = test::read_file(file);
  const std::vector<std::size_t> ends{SpoolEntry::kHeader + 5, 2 * SpoolEntry::kHeader + 11, whole.size()};
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    restore(file, whole.substr(0, size));
    const auto entries = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), size) - ends.begin());
    const std::size_t kept = entries == 0 ? 0 : ends[entries - 1];
    const auto log = opened(path_);
    const SpoolLog::Damage damage = log->take_damage();
    EXPECT_EQ(log->records(), entries) << size;
    EXPECT_EQ(damage.bytes, size - kept) << size;
    EXPECT_EQ(damage.places, size > kept ? 1 : 0) << size;
    EXPECT_EQ(log->bytes(), kept) << size;
    put(*log, "new");
    Texts expected{"first", "second", "third"};
    expected.resize(entries);
    expected.push_back("new");
    EXPECT_EQ(take_all(*log), expected) << size;
    EXPECT_EQ(log->take_damage().places, 0) << size;
  }
}

TEST_F(SpoolLogTest, TornTail_IsCutAndToldOnce) {
  leave({"kept", "torn"});
  const std::string file = segment_files().front();
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  EXPECT_EQ(opened(path_)->take_damage().places, 1);
  EXPECT_EQ(opened(path_)->take_damage().places, 0);
  EXPECT_EQ(std::filesystem::file_size(file), SpoolEntry::kHeader + 4);
}

// Bytes that were not synced may come back as zeros.
TEST_F(SpoolLogTest, TailOfZeros_IsCut) {
  leave({"kept"});
  const std::string file = segment_files().front();
  std::filesystem::resize_file(file, 5000);
  const auto log = opened(path_);
  EXPECT_EQ(log->take_damage().bytes, 5000 - SpoolEntry::kHeader - 4);
  EXPECT_THAT(take_all(*log), ElementsAre("kept"));
}

TEST_F(SpoolLogTest, EveryBitFlipped_NothingWrongComesOutAndTheOtherEntriesDo) {
  const Texts texts{"first", "second", "third"};
  leave(texts);
  const std::string file = segment_files().front();
  const std::string whole = test::read_file(file);
  const std::size_t second = SpoolEntry::kHeader + 5;
  const std::size_t third = second + SpoolEntry::kHeader + 6;
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    restore(file, flipped);
    const std::size_t hit = bit / 8 < second ? 0 : bit / 8 < third ? 1 : 2;
    const auto log = opened(path_);
    const SpoolLog::Damage damage = log->take_damage();
    const Texts kept = take_all(*log);
    EXPECT_GE(damage.places, 1) << bit;
    Texts others = texts;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(hit));
    // If the magic or the length in a header is damaged, the rest of the segment cannot be found.
    Texts before(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(hit));
    const std::size_t in_entry = bit / 8 - (hit == 0 ? 0 : hit == 1 ? second : third);
    const bool framing_hit = in_entry >= 8 && in_entry < 16;  // magic and length
    EXPECT_EQ(kept, framing_hit ? before : others) << bit;
  }
}

TEST_F(SpoolLogTest, SegmentInTheMiddleDamaged_TheOthersAreDelivered) {
  {
    const auto log = opened(path_, {1 << 20, 1});
    for (const char* text : {"a", "b", "c"}) put(*log, text);
  }
  test::write_file(segment_files()[1], "no segment at all, whatever its name says");
  const auto log = opened(path_);
  EXPECT_EQ(log->records(), 2);
  EXPECT_EQ(log->take_damage().places, 1);
  EXPECT_THAT(take_all(*log), ElementsAre("a", "c"));
}

TEST_F(SpoolLogTest, DamagedAfterItWasCounted_TheRecordsAreTold) {
  const auto log = opened(path_, {1 << 20, 1});
  put(*log, "a", 2);
  put(*log, "b", 3);
  put(*log, "c", 4);
  test::write_file(segment_files()[1], std::string(SpoolEntry::kHeader + 1, '\0'));
  EXPECT_THAT(take_all(*log), ElementsAre("a", "c"));
  const SpoolLog::Damage damage = log->take_damage();
  EXPECT_EQ(damage.places, 1);
  EXPECT_EQ(damage.records, 3);
  EXPECT_EQ(log->records(), 0);
}

TEST_F(SpoolLogTest, SegmentUnderAnotherNumber_IsNoneOfItsEntries) {
  leave({"a"});
  const std::string file = segment_files().front();
  std::filesystem::rename(file, path_ + "/0000000000000009.segment");
  const auto log = opened(path_);
  EXPECT_TRUE(log->empty());
  EXPECT_EQ(log->take_damage().places, 1);
}

TEST_F(SpoolLogTest, OtherFiles_AreLeftAlone) {
  std::filesystem::create_directories(path_);
  const Texts others{"0000000000000001.segment.bak", "notes", "1.segment", "000000000000000x.segment"};
  for (const std::string& name : others) test::write_file(path_ + "/" + name, "mine");
  take_all(*opened(path_));
  for (const std::string& name : others) EXPECT_EQ(test::read_file(path_ + "/" + name), "mine");
}

TEST_F(SpoolLogTest, SegmentThatIsALink_IsSetAsideAndNotFollowed) {
  leave({"a"});
  const std::string elsewhere = directory_.path("elsewhere");
  std::filesystem::rename(segment_files().front(), elsewhere);
  std::filesystem::create_symlink(elsewhere, path_ + "/0000000000000001.segment");
  const auto log = opened(path_);
  ASSERT_TRUE(log);
  EXPECT_TRUE(log->empty());
  EXPECT_THAT(log->take_error(), HasSubstr("segment 1: "));
  EXPECT_TRUE(std::filesystem::is_symlink(path_ + "/0000000000000001.segment.aside"));
  EXPECT_NE(test::read_file(elsewhere), "(absent)");
}

TEST_F(SpoolLogTest, SegmentThatCannotBeOpened_IsSetAsideAndTheOthersGoOn) {
  {
    const auto log = opened(path_, {1 << 20, 1});
    for (const std::string text : {"a", "b", "c"}) put(*log, text);
  }
  const std::string unopenable = segment_files()[1];
  const std::string kept = test::read_file(unopenable);
  std::filesystem::rename(unopenable, directory_.path("kept"));
  std::filesystem::create_directory(unopenable);
  {
    const auto log = opened(path_, {1 << 20, 1});
    ASSERT_TRUE(log);
    EXPECT_EQ(log->take_error(), "spool " + path_ + ": segment 2: Is a directory; it was set aside as " +
                                     "0000000000000002.segment.aside, and will not be delivered");
    EXPECT_EQ(log->take_damage().places, 1);
    EXPECT_EQ(log->records(), 2);
    EXPECT_THAT(take_all(*log), ElementsAre("a", "c"));
    put(*log, "d");
  }
  const auto log = opened(path_);
  EXPECT_THAT(log->take_error(), IsEmpty());  // reported only once
  EXPECT_EQ(log->take_damage().places, 0);
  EXPECT_THAT(take_all(*log), ElementsAre("d"));
  EXPECT_TRUE(std::filesystem::is_directory(path_ + "/0000000000000002.segment.aside"));
}

TEST_F(SpoolLogTest, NewestSegmentSetAside_ItsNumberIsNotGivenAgain) {
  leave({"a"});
  std::filesystem::remove(segment_files().front());
  std::filesystem::create_directory(path_ + "/0000000000000001.segment");
  std::filesystem::create_directory(path_ + "/0000000000000009.segment.aside");
  const auto log = opened(path_);
  ASSERT_TRUE(log);
  put(*log, "b");
  EXPECT_THAT(segment_files(), ElementsAre(path_ + "/0000000000000010.segment"));
}

TEST_F(SpoolLogTest, SegmentThatCannotBeOpenedAnyMore_ItsRecordsAreToldAndTheOthersGoOn) {
  const auto log = opened(path_, {1 << 20, 1});
  put(*log, "a", 2);
  put(*log, "b", 3);
  put(*log, "c", 4);
  for (const std::string& file : {segment_files()[0], segment_files()[2]}) {
    std::filesystem::rename(file, file + ".moved");
    std::filesystem::create_directory(file);
  }
  EXPECT_THAT(take_all(*log), ElementsAre("b"));
  EXPECT_THAT(log->take_error(), HasSubstr("segment 3: Is a directory; it was set aside as "
                                           "0000000000000003.segment.aside, and will not be delivered (4 records)"));
  const SpoolLog::Damage damage = log->take_damage();
  EXPECT_EQ(damage.places, 2);
  EXPECT_EQ(damage.records, 6);
  EXPECT_EQ(log->records(), 0);
  put(*log, "d");  // into a segment that is found again
  EXPECT_THAT(take_all(*log), ElementsAre("d"));
}

TEST_F(SpoolLogTest, NoDescriptorsLeft_NothingIsSetAside) {
  leave({"a"});
  const auto log = opened(path_);
  test::with_failing_call({__NR_openat, EMFILE}, [&] { EXPECT_FALSE(log->front()); });
  EXPECT_THAT(log->take_error(), HasSubstr("segment 1: Too many open files"));
  EXPECT_EQ(log->take_damage().places, 0);
  EXPECT_THAT(take_all(*log), ElementsAre("a"));
}

TEST_F(SpoolLogTest, FilesAreForTheDaemonAlone) {
  leave({"a"});
  for (const std::string& file : {segment_files().front(), path_ + "/position"}) {
    struct stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600) << file;
  }
}

TEST_F(SpoolLogTest, OpenElsewhere_IsNotOpenedASecondTime) {
  auto log = opened(path_);
  const auto second = SpoolLog::open(path_, kRoomy);
  ASSERT_TRUE(second);
  EXPECT_EQ(*second, nullptr);
  log.reset();
  EXPECT_NE(opened(path_), nullptr);
}

TEST_F(SpoolLogTest, DirectoryImpossible_SaysWhichAndWhy) {
  test::write_file(directory_.path("file"), "");
  const auto log = SpoolLog::open(directory_.path("file/spool"), kRoomy);
  ASSERT_FALSE(log);
  EXPECT_THAT(log.error().message(), HasSubstr(directory_.path("file/spool")));
}

// A full disk lets a write succeed in part. A limit on the size of files does the same.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &former_);
    const rlimit limit{bytes, former_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;
  ~SizeLimit() { ::setrlimit(RLIMIT_FSIZE, &former_); }

 private:
  rlimit former_{};
};

TEST_F(SpoolLogTest, WriteThatFailsHalfway_LeavesNoTraceAndTheNextSucceeds) {
  const auto log = opened(path_);
  put(*log, "kept");
  {
    const SizeLimit limit(SpoolEntry::kHeader + 4 + 30);
    EXPECT_EQ(log->append({EntryKind::records, 1, "does not fit"}, kNow), SpoolLog::Appended::failed);
  }
  EXPECT_THAT(log->take_error(), HasSubstr("spool " + path_));
  EXPECT_EQ(log->records(), 1);
  EXPECT_EQ(std::filesystem::file_size(segment_files().front()), log->bytes());
  put(*log, "fits");
  EXPECT_THAT(take_all(*log), ElementsAre("kept", "fits"));
  EXPECT_EQ(log->take_damage().places, 0);
}

TEST_F(SpoolLogTest, FirstWriteFails_LeavesNoSegment) {
  const auto log = opened(path_);
  {
    const SizeLimit limit(10);
    EXPECT_EQ(log->append({EntryKind::records, 1, "does not fit"}, kNow), SpoolLog::Appended::failed);
  }
  EXPECT_TRUE(log->empty());
  EXPECT_THAT(segment_files(), IsEmpty());
  put(*log, "fits");
  EXPECT_THAT(take_all(*log), ElementsAre("fits"));
}

TEST_F(SpoolLogTest, Sync_IsDueASecondAfterTheFirstAppend) {
  const auto log = opened(path_);
  EXPECT_FALSE(log->sync_due(kNow));
  put(*log, "a");
  EXPECT_EQ(log->sync_due(kNow), SpoolLog::kSyncInterval);
  EXPECT_EQ(log->sync_due(kNow + std::chrono::minutes(1)), Duration::zero());
  log->sync();
  EXPECT_FALSE(log->sync_due(kNow + std::chrono::minutes(1)));
}

// ---- passed on, but not confirmed

// Passes the front on, as one message.
std::string pass(SpoolLog& log) {
  const auto front = log.front();
  if (!front) return "(nothing)";
  std::string text(front->entry.payload);
  log.pass_front(1);
  return text;
}

TEST_F(SpoolLogTest, PassedOn_IsOfferedNoMoreAndStaysUntilConfirmed) {
  const auto log = opened(path_, {1 << 20, 30});  // one entry per segment
  for (const char* text : {"a", "b", "c"}) put(*log, text, 2);
  for (const char* text : {"a", "b", "c"}) EXPECT_EQ(pass(*log), text);
  EXPECT_TRUE(log->empty());
  EXPECT_EQ(log->records(), 0U);
  EXPECT_EQ(log->passed_messages(), 3U);
  EXPECT_EQ(segment_files().size(), 3U);
  log->confirm_all_but(1);
  EXPECT_EQ(segment_files().size(), 1U);
  log->confirm_all_but(0);
  EXPECT_TRUE(segment_files().empty());
  EXPECT_EQ(log->bytes(), 0U);
}

TEST_F(SpoolLogTest, TakenBack_ComesAgainInFrontOfTheRest) {
  for (const std::uint64_t segment : {30U, 64U, 1000U}) {
    const auto log = opened(path_, {1 << 20, segment});
    for (const char* text : {"a", "b", "c", "d"}) put(*log, text, 2);
    for (const char* text : {"a", "b", "c"}) EXPECT_EQ(pass(*log), text);
    EXPECT_EQ(log->take_back(2), 4U);
    EXPECT_EQ(log->records(), 6U);
    EXPECT_EQ(pass(*log), "b");
    log->confirm_all_but(0);
    put(*log, "e", 2);
    EXPECT_THAT(take_all(*log), ElementsAre("c", "d", "e"));
    EXPECT_EQ(log->take_damage().places, 0U);
    EXPECT_TRUE(segment_files().empty());
  }
}

TEST_F(SpoolLogTest, TakenBackWithAFrontPartlySettled_AllOfItsRecordsComeAgain) {
  const auto log = opened(path_);
  put(*log, "a", 1);
  put(*log, "b", 5);
  EXPECT_EQ(pass(*log), "a");
  ASSERT_TRUE(log->front());
  log->settle(3, true);
  EXPECT_EQ(log->records(), 2U);
  EXPECT_EQ(log->take_back(1), 4U);
  EXPECT_EQ(log->records(), 6U);
  EXPECT_EQ(pass(*log), "a");
  EXPECT_EQ(log->front()->settled, 0U);
}

TEST_F(SpoolLogTest, RestartWithPassedEntries_TheyComeAgain) {
  {
    const auto log = opened(path_, {1 << 20, 100});
    for (const char* text : {"a", "b", "c", "d"}) put(*log, text);
    for (const char* text : {"a", "b", "c"}) EXPECT_EQ(pass(*log), text);
    log->confirm_all_but(2);
  }
  const auto log = opened(path_, {1 << 20, 100});
  EXPECT_EQ(log->records(), 3U);
  EXPECT_THAT(take_all(*log), ElementsAre("b", "c", "d"));
}

TEST_F(SpoolLogTest, AppendedAsPassed_IsTakenBackBeforeWhatFollows) {
  const auto log = opened(path_);
  EXPECT_EQ(log->append_passed({EntryKind::records, 2, "a"}, 2, kNow), SpoolLog::Appended::done);
  EXPECT_TRUE(log->empty());
  put(*log, "b");
  EXPECT_EQ(log->records(), 1U);
  EXPECT_EQ(log->take_back(1), 2U);
  EXPECT_THAT(take_all(*log), ElementsAre("a", "b"));
}

TEST_F(SpoolLogTest, DrainedAndFilledAgain_GoesOn) {
  const auto log = opened(path_);
  for (int round = 0; round < 3; ++round) {
    put(*log, "a");
    put(*log, "b");
    EXPECT_EQ(pass(*log), "a");
    EXPECT_EQ(pass(*log), "b");
    EXPECT_FALSE(log->front());
  }
  EXPECT_EQ(log->take_back(6), 6U);
  EXPECT_THAT(take_all(*log), ElementsAre("a", "b", "a", "b", "a", "b"));
}

}  // namespace
}  // namespace logsniffd::spool
