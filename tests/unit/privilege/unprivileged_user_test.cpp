// Which user root becomes.
#include "daemon/privilege/unprivileged_user.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_directory.hpp"

namespace logsniffd::privilege {
namespace {

constexpr const char* kRoot = "root:x:0:0:root:/root:/bin/bash\n";
constexpr const char* kNobody = "nobody:x:99:98:nobody:/nonexistent:/usr/sbin/nologin\n";

class UnprivilegedUser : public testing::Test {
 protected:
  User among(const std::string& passwd) {
    const std::string path = directory_.path("passwd");
    test::write_file(path, passwd);
    return unprivileged_user(path);
  }

  static void expect(const User& user, const std::string& name, uid_t uid, gid_t gid) {
    EXPECT_EQ(user.name, name);
    EXPECT_EQ(user.uid, uid);
    EXPECT_EQ(user.gid, gid);
  }

  test::TempDirectory directory_;
};

TEST_F(UnprivilegedUser, LogsniffdExists_IsTaken) {
  expect(among(std::string(kRoot) + kNobody + "logsniffd:x:123:124::/var/log/logsniffd:/usr/sbin/nologin\n"),
         "logsniffd", 123, 124);
}

TEST_F(UnprivilegedUser, NoLogsniffd_NobodyIsTaken) {
  expect(among(std::string(kRoot) + "logsniffd2:x:5:5::/:/bin/false\n" + kNobody), "nobody", 99, 98);
}

TEST_F(UnprivilegedUser, NeitherExists_NumberOfTheKernelIsTaken) { expect(among(kRoot), "nobody", 65534, 65534); }

TEST_F(UnprivilegedUser, NoFile_NumberOfTheKernelIsTaken) {
  expect(unprivileged_user(directory_.path("absent")), "nobody", 65534, 65534);
}

TEST_F(UnprivilegedUser, LogsniffdIsRoot_NobodyIsTaken) {
  expect(among(std::string("logsniffd:x:0:7::/:/bin/false\n") + kNobody), "nobody", 99, 98);
}

TEST_F(UnprivilegedUser, GroupOfRoot_IsNotTaken) {
  expect(among("logsniffd:x:123:0::/:/bin/false\n"), "logsniffd", 123, 65534);
}

TEST_F(UnprivilegedUser, DamagedLine_IsPassedOver) {
  expect(among(std::string("logsniffd\nlogsniffd:x:none:1::/:\n\n") + kNobody), "nobody", 99, 98);
}

}  // namespace
}  // namespace logsniffd::privilege
