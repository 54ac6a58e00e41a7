#include "daemon/app/unit_sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_directory.hpp"

namespace logsniffd::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string shipped() { return test::read_file(LOGSNIFFD_UNIT); }

TEST(UnitSandbox, DefaultsAreThoseOfTheShippedUnit) {
  UnitSandbox read = read_unit({shipped()});
  UnitSandbox defaults;
  EXPECT_THAT(read.writable, testing::UnorderedElementsAreArray(defaults.writable));
  read.writable = defaults.writable;
  EXPECT_EQ(read, defaults);
}

TEST(UnitSandbox, OfAnEmptyUnit_ForbidsNothing) {
  const UnitSandbox open = read_unit({"[Service]\nExecStart=/usr/bin/logsniffd run\n"});
  EXPECT_FALSE(open.hides("/home/me/x"));
  EXPECT_TRUE(open.may_write("/etc/x"));
  EXPECT_TRUE(open.ip);
  EXPECT_TRUE(open.journald_limited);
}

TEST(UnitSandbox, PathsOfTheShippedUnit) {
  const UnitSandbox sandbox;
  EXPECT_TRUE(sandbox.may_write("/var/log/logsniffd/x"));
  EXPECT_FALSE(sandbox.may_write("/var/log/logsniffd.old/x"));
  EXPECT_FALSE(sandbox.may_write("/srv/x"));
  EXPECT_TRUE(sandbox.hides("/home/me/x"));
  EXPECT_TRUE(sandbox.hides("/tmp/x"));
  EXPECT_FALSE(sandbox.hides("/etc/x"));
}

TEST(UnitSandbox, DropIns_AddToTheUnit) {
  const std::string drop_in =
      "[Service]\nReadWritePaths=/srv/logs -/mnt/x\nRestrictAddressFamilies=AF_INET "
      "AF_INET6\nIPAddressAllow=192.0.2.10\n"
      "PrivateTmp=no\nProtectHome=no\n";
  const UnitSandbox sandbox = read_unit({shipped(), drop_in});
  EXPECT_TRUE(sandbox.may_write("/srv/logs/x"));
  EXPECT_TRUE(sandbox.may_write("/mnt/x/y"));
  EXPECT_TRUE(sandbox.may_write("/var/log/logsniffd/x"));
  EXPECT_TRUE(sandbox.ip);
  EXPECT_FALSE(sandbox.hides("/tmp/x"));
  EXPECT_FALSE(sandbox.hides("/home/me/x"));
}

TEST(UnitSandbox, AddressFamiliesAlone_AreNotEnoughForIp) {
  EXPECT_FALSE(read_unit({shipped(), "RestrictAddressFamilies=AF_INET\n"}).ip);
  EXPECT_TRUE(read_unit({shipped(), "RestrictAddressFamilies=AF_INET\nIPAddressDeny=\n"}).ip);
}

TEST(UnitSandbox, EmptyAssignment_DiscardsWhatWasBefore) {
  EXPECT_THAT(read_unit({"ReadWritePaths=/a\nReadWritePaths=\n"}).writable, IsEmpty());
  EXPECT_THAT(read_unit({"ReadWritePaths=/a\n", "#ReadWritePaths=\nReadWritePaths=/b\n"}).writable,
              ElementsAre("/a/", "/b/"));
}

TEST(UnitSandbox, JournaldsLimit_IsLiftedByTheBurst) {
  EXPECT_TRUE(read_unit({shipped(), "LogRateLimitIntervalSec=0\n"}).journald_limited);
  EXPECT_TRUE(read_unit({shipped(), "LogRateLimitBurst=10000\n"}).journald_limited);
  EXPECT_FALSE(read_unit({"LogNamespace=logs\n"}).journald_limited);
}

class Installed : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root.path(path)).parent_path());
    test::write_file(root.path(path), text);
  }
  test::TempDirectory root;
};

TEST_F(Installed, NoUnit_IsTheShippedOne) { EXPECT_EQ(installed_sandbox(root.path()), UnitSandbox()); }

TEST_F(Installed, UnitOfTheAdministrator_ComesFirst) {
  write("usr/lib/systemd/system/logsniffd.service", "ReadWritePaths=/a\n");
  EXPECT_THAT(installed_sandbox(root.path()).writable, ElementsAre("/a/"));
  write("etc/systemd/system/logsniffd.service", "ReadWritePaths=/b\n");
  EXPECT_THAT(installed_sandbox(root.path()).writable, ElementsAre("/b/"));
}

TEST_F(Installed, DropIns_AreReadInTheOrderOfTheirNames) {
  write("usr/lib/systemd/system/logsniffd.service", "ReadWritePaths=/a\n");
  write("etc/systemd/system/logsniffd.service.d/20.conf", "ReadWritePaths=/c\n");
  write("usr/lib/systemd/system/logsniffd.service.d/10.conf", "ReadWritePaths=/b\n");
  write("usr/lib/systemd/system/logsniffd.service.d/20.conf", "ReadWritePaths=/hidden\n");
  write("etc/systemd/system/logsniffd.service.d/30.conf.save", "ReadWritePaths=/d\n");
  EXPECT_THAT(installed_sandbox(root.path()).writable, ElementsAre("/a/", "/b/", "/c/"));
}

}  // namespace
}  // namespace logsniffd::app
