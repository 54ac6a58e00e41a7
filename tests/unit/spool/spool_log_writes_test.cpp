// What a spool writes: permissions, writes that fail, and entries that were passed on.
#include "tests/unit/spool/spool_log_fixture.hpp"

namespace logsniffd::spool {
namespace {

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
