// Opens a log file while another thread moves it away and creates it again, as a rotation does.
#include "daemon/base/confined_file.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "tests/support/temp_directory.hpp"

namespace logsniffd {
namespace {

TEST(ConfinedFile, MovedAwayAndMadeAnewAllTheTime_IsOpenedEachTime) {
  const test::TempDirectory directory;
  const std::string path = directory.path("out.log");
  std::atomic<bool> stop{false};
  std::jthread rotating([&] {
    while (!stop) {
      test::write_file(path, "");
      std::rename(path.c_str(), directory.path("out.log.1").c_str());
    }
  });
  for (int i = 0; i < 50'000 && !testing::Test::HasFailure(); ++i) {
    const auto opened = open_confined(directory.path(), "out.log", 0640);
    EXPECT_TRUE(opened) << opened.error().message << " at try " << i;
  }
  stop = true;
}

}  // namespace
}  // namespace logsniffd
