#include "daemon/app/host_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "daemon/app/file_access.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

config::Config config_with(const std::string& target, std::uint16_t captured, std::optional<Transport> transport) {
  config::Config config;
  config.capture.interfaces = {"*"};
  config::Filter filter;
  filter.name = "app";
  filter.ports = {{captured, captured}};
  filter.transport = transport;
  filter.to = {"remote"};
  config.filters = {filter};
  config::Sink sink;
  sink.name = "remote";
  config::SyslogTarget syslog;
  syslog.to = target;
  sink.target = syslog;
  config.sinks = {sink};
  return config;
}

std::vector<std::string> findings(const config::Config& config) {
  std::vector<std::string> lines;
  for (const config::Diagnostic& found : check_host(config, "no-such-user")) {
    lines.push_back(found.key + ": " + found.message);
  }
  return lines;
}

class Feedback : public testing::TestWithParam<std::tuple<const char*, std::uint16_t, std::optional<Transport>, bool>> {
};
TEST_P(Feedback, IsWarnedOf) {
  const auto& [target, captured, transport, warned] = GetParam();
  const auto lines = findings(config_with(target, captured, transport));
  if (!warned) {
    EXPECT_THAT(lines, IsEmpty());
    return;
  }
  EXPECT_THAT(
      lines,
      ElementsAre(std::string("sinks.remote.to: filter app captures what this sink sends to ") + target +
                  ", and sends it there again, endlessly; exclude the target with `networks`, or use another port"));
}
INSTANTIATE_TEST_SUITE_P(All, Feedback,
                         testing::Values(std::tuple{"udp://h:514", 514, Transport::udp, true},
                                         std::tuple{"udp://h:514", 514, Transport::tcp, false},
                                         std::tuple{"tcp://h:601", 601, std::nullopt, true},
                                         std::tuple{"tls://h", 6514, Transport::tcp, true},
                                         std::tuple{"tls://[::1]", 6514, std::nullopt, true},
                                         std::tuple{"tls://h:7000", 7000, std::nullopt, true},
                                         std::tuple{"tls://h:7000", 6514, std::nullopt, false},
                                         std::tuple{"tls://h", 6514, Transport::udp, false},
                                         std::tuple{"unix:///dev/log", 514, std::nullopt, false}));

TEST(HostCheck, FilesOfTls_ThatTheUnitCannotSee) {
  config::Config config = config_with("tls://h", 514, Transport::udp);
  std::get<config::SyslogTarget>(config.sinks[0].target).tls = {
      "/home/me/ca.pem", "/etc/hostname", "/etc/no-such-folder/client.key", true, {}};
  EXPECT_THAT(
      findings(config),
      ElementsAre(
          "sinks.remote.tls.ca: /home/me/ca.pem is hidden from logsniffd.service; move it to a folder below /etc",
          "sinks.remote.tls.key: /etc/no-such-folder: No such file or directory; fix the path"));
}

// A user who owns nothing here.
const Identity kStranger{"stranger", 4'000'000, {4'000'001}};

std::vector<std::string> findings_on_metrics(const std::string& address) {
  config::Config config;
  config.daemon.metrics = address;
  std::vector<std::string> lines = findings(config);
  std::erase_if(lines, [](const std::string& line) { return !line.starts_with("daemon.metrics"); });
  return lines;
}

TEST(HostCheck, MetricsThatTheUnitForbids) {
  EXPECT_THAT(findings_on_metrics(""), IsEmpty());
  EXPECT_THAT(findings_on_metrics("unix:///run/logsniffd/metrics.sock"), IsEmpty());
  EXPECT_THAT(findings_on_metrics("unix:///run/metrics.sock"),
              ElementsAre("daemon.metrics: logsniffd.service may not make a socket there; use /run/logsniffd/"));
  EXPECT_THAT(
      findings_on_metrics("[::1]:9514"),
      ElementsAre("daemon.metrics: logsniffd.service may not use IP; use unix:///run/logsniffd/metrics.sock, or "
                  "add RestrictAddressFamilies=AF_INET AF_INET6 and IPAddressAllow=localhost to a drop-in "
                  "(systemctl edit logsniffd)"));
}

class FileAccess : public testing::Test {
 protected:
  FileAccess() {
    ::chmod(directory.path().c_str(), 0711);
    test::write_file(file, "x");
  }
  std::string obstacle(mode_t mode, const Identity& who = kStranger) {
    ::chmod(file.c_str(), mode);
    return obstacle_to_reading(file, who);
  }
  test::TempDirectory directory;
  std::string file = directory.path("client.key");
};

TEST_F(FileAccess, ReadableForAll_IsNoObstacle) { EXPECT_EQ(obstacle(0644), ""); }

TEST_F(FileAccess, ReadableForItsOwner_IsSaid) {
  EXPECT_EQ(obstacle(0600),
            file + " cannot be read by the user stranger; chgrp it to a group of that user, and chmod g+r");
}

TEST_F(FileAccess, OneClassAloneCounts) {
  const Identity owner{"owner", ::geteuid() == 0 ? 0 : ::geteuid(), {}};
  EXPECT_EQ(obstacle(0600, owner), "");
  const Identity member{"member", 4'000'000, {::getegid()}};
  EXPECT_EQ(obstacle(0640, member), "");
  EXPECT_NE(obstacle(0604, member), "");
}

TEST_F(FileAccess, ClosedFolder_IsSaid) {
  ::chmod(directory.path().c_str(), 0700);
  EXPECT_EQ(obstacle(0644), directory.path() +
                                " cannot be entered by the user stranger; keep the file elsewhere, or add the user to "
                                "the group");
}

TEST_F(FileAccess, Folder_IsNoFile) {
  EXPECT_EQ(obstacle_to_reading(directory.path(), kStranger), directory.path() + " is not a regular file");
}

TEST(Identity, OfAnUnknownUser_IsNone) {
  EXPECT_FALSE(identity_of("no-such-user"));
  ASSERT_TRUE(identity_of("root"));
  EXPECT_EQ(identity_of("root")->uid, 0U);
}

}  // namespace
}  // namespace logsniffd::app
