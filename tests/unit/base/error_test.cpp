#include "daemon/base/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace logsniffd {
namespace {

Expected<int> half_of(int number) {
  if (number % 2 != 0) return fail(Error::usage("an odd number"));
  return number / 2;
}

TEST(Error, Kind_DecidesTheExitCode) {
  EXPECT_EQ(Error::runtime("x").exit_code(), 1);
  EXPECT_EQ(Error::usage("x").exit_code(), 2);
  EXPECT_EQ(Error::system("x", ENOENT).kind(), ErrorKind::runtime);
}

TEST(Error, SystemError_NamesTheThingAndTheCause) {
  EXPECT_EQ(Error::system("open /etc/x", ENOENT).message(), "open /etc/x: No such file or directory");
}

TEST(Error, Context_GrowsFromTheOutsideAndKeepsTheKind) {
  const Error error = Error::usage("no such unit").within("rotate").within("sink app-file");
  EXPECT_EQ(error.message(), "sink app-file: rotate: no such unit");
  EXPECT_EQ(error.kind(), ErrorKind::usage);
}

TEST(Expected, ValueOrError_IsCarried) {
  EXPECT_EQ(half_of(8), 4);
  const Expected<int> failed = half_of(7);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message(), "an odd number");
}

}  // namespace
}  // namespace logsniffd
