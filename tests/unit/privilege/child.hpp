// Runs what cannot be undone in a process of its own.
#pragma once

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

// For the body of a child: ends it if the condition does not hold.
#define LOGSNIFFD_REQUIRE(condition)                                                         \
  do {                                                                                       \
    if (!(condition)) {                                                                      \
      std::fprintf(stderr, "%s:%d: %s (errno %d)\n", __FILE__, __LINE__, #condition, errno); \
      ::_exit(1);                                                                            \
    }                                                                                        \
  } while (false)

namespace logsniffd::test {

// Fails the test unless `body` returns in a child of this process.
template <class Body>
void in_child(Body body) {
  const auto run = [&body] {
    body();
    ::_exit(0);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

}  // namespace logsniffd::test
