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
using testing::SizeIs;

Host open_host() {
  Host host;
  host.sandbox = {{}, false, false, false, true, false};
  host.daemon = {"stranger", 4'000'000, {4'000'001}};
  host.source_for = [](const Address&) { return Address::parse("192.0.2.7"); };
  return host;
}

Host unit_host() {
  Host host = open_host();
  host.sandbox = UnitSandbox();
  return host;
}

HostInterface interface(const std::string& name, std::set<std::string> features = {}) {
  HostInterface made;
  made.name = name;
  made.features = std::move(features);
  return made;
}

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

std::vector<std::string> findings(const config::Config& config, const Host& host) {
  std::vector<std::string> lines;
  for (const config::Diagnostic& found : check_host(config, host)) {
    lines.push_back(found.key + ": " + found.message);
  }
  return lines;
}

class Feedback : public testing::TestWithParam<std::tuple<const char*, std::uint16_t, std::optional<Transport>, bool>> {
};
TEST_P(Feedback, IsWarnedOf) {
  const auto& [target, captured, transport, warned] = GetParam();
  const auto lines = findings(config_with(target, captured, transport), open_host());
  if (!warned) {
    EXPECT_THAT(lines, IsEmpty());
    return;
  }
  EXPECT_THAT(
      lines,
      ElementsAre(std::string("sinks.remote.to: filter app watches ") + target +
                  ", where this sink sends the records of that filter; what logsniffd sends is left out, unless its "
                  "addresses are translated on the way; exclude the target with `networks`, or use another port"));
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

std::vector<std::string> feedback(const std::string& target, const std::string& network,
                                  const std::string& interfaces) {
  config::Config config = config_with(target, 514, std::nullopt);
  config.capture.interfaces = {interfaces};
  if (!network.empty()) config.filters[0].networks = {{*Address::parse(network), 128}};
  Host host = open_host();
  host.interfaces = {interface("eth0"), interface("eth1"), interface("any")};
  host.interfaces[0].addresses = {"192.0.2.7/24"};
  return findings(config, host);
}

TEST(Feedback, WithNetworks_IsThereOnlyIfTheyHoldAnEnd) {
  EXPECT_THAT(feedback("udp://192.0.2.9:514", "192.0.2.9", "any"), SizeIs(1));
  EXPECT_THAT(feedback("udp://192.0.2.9:514", "192.0.2.7", "any"), SizeIs(1));
  EXPECT_THAT(feedback("udp://192.0.2.9:514", "192.0.2.8", "any"), IsEmpty());
  EXPECT_THAT(feedback("udp://logs.example:514", "192.0.2.8", "any"), IsEmpty());
}

TEST(Feedback, OnAnInterfaceThatIsNotCaptured_IsNone) {
  EXPECT_THAT(feedback("udp://192.0.2.9:514", "", "eth0"), SizeIs(1));
  EXPECT_THAT(feedback("udp://192.0.2.9:514", "", "eth1"), IsEmpty());
}

TEST(HostCheck, FilesOfTls_ThatTheUnitCannotSee) {
  config::Config config = config_with("tls://h", 514, Transport::udp);
  std::get<config::SyslogTarget>(config.sinks[0].target).tls = {
      "/home/me/ca.pem", "/etc/hostname", "/etc/no-such-folder/client.key", true, {}};
  Host host = unit_host();
  host.sandbox.ip = true;
  EXPECT_THAT(
      findings(config, host),
      ElementsAre(
          "sinks.remote.tls.ca: /home/me/ca.pem is hidden from logsniffd.service; move it to a folder below /etc",
          "sinks.remote.tls.key: /etc/no-such-folder: No such file or directory; fix the path"));
}

// A user who owns nothing here.
const Identity kStranger{"stranger", 4'000'000, {4'000'001}};

std::vector<std::string> findings_on_metrics(const std::string& address) {
  config::Config config;
  config.daemon.metrics = address;
  std::vector<std::string> lines = findings(config, unit_host());
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

config::Config config_of(config::SinkTarget target) {
  config::Config config = config_with("unix:///dev/log", 514, std::nullopt);
  config.sinks[0].target = std::move(target);
  return config;
}

config::Config file_at(const std::string& path) {
  config::FileTarget file;
  file.path = path;
  return config_of(file);
}

TEST(HostCheck, FolderThatTheUnitMayNotWrite) {
  EXPECT_THAT(findings(file_at("/var/log/logsniffd/x.log"), unit_host()), IsEmpty());
  EXPECT_THAT(findings(file_at("/srv/logs/{filter}/x.log"), unit_host()),
              ElementsAre("sinks.remote.path: /srv/logs/ is read-only for logsniffd.service; use /var/log/logsniffd/, "
                          "or add ReadWritePaths=/srv/logs/ to a drop-in (systemctl edit logsniffd)"));
  EXPECT_THAT(findings(file_at("/tmp/x.log"), unit_host()),
              ElementsAre("sinks.remote.path: /tmp/ of this host is hidden from logsniffd.service; use "
                          "/var/log/logsniffd/"));
  EXPECT_THAT(findings(file_at("/srv/x.log"), open_host()), IsEmpty());
}

TEST(HostCheck, SpoolAndControlSocketThatTheUnitMayNotWrite) {
  config::Config config = config_of(config::JournaldTarget());
  config.sinks[0].spool = config::Spool{"/home/me/spool"};
  config.daemon.control = "/srv/control.sock";
  EXPECT_THAT(findings(config, unit_host()),
              ElementsAre("sinks.remote.spool.path: /home/me/spool/ of this host is hidden from logsniffd.service; use "
                          "/var/lib/logsniffd/",
                          "daemon.control: /srv/ is read-only for logsniffd.service; use /run/logsniffd/, or add "
                          "ReadWritePaths=/srv/ to a drop-in (systemctl edit logsniffd)"));
}

TEST(HostCheck, RemoteTarget_NeedsIp) {
  EXPECT_THAT(findings(config_with("udp://h:515", 514, std::nullopt), unit_host()),
              ElementsAre("sinks.remote.to: logsniffd.service may not use IP; add RestrictAddressFamilies=AF_INET "
                          "AF_INET6 and IPAddressAllow= with the target's address to a drop-in (systemctl edit "
                          "logsniffd)"));
}

TEST(HostCheck, JournaldThatLimitsTheUnit) {
  Host host = unit_host();
  EXPECT_THAT(findings(config_of(config::JournaldTarget()), host), IsEmpty());
  host.sandbox.journald_limited = true;
  EXPECT_THAT(findings(config_of(config::JournaldTarget()), host),
              ElementsAre("sinks.remote: journald drops, without telling logsniffd, what the service writes above "
                          "10,000 messages in 30 s (RateLimitBurst=); add LogRateLimitIntervalSec=1s and "
                          "LogRateLimitBurst=1000000 to a drop-in (systemctl edit logsniffd)"));
  EXPECT_THAT(findings(file_at("/var/log/logsniffd/x.log"), host), IsEmpty());
}

TEST(HostCheck, FileNamesOfSenders) {
  config::Config config = file_at("/var/log/logsniffd/{host}/{field.user}.log");
  EXPECT_THAT(findings(config, open_host()),
              ElementsAre("sinks.remote.path: anyone who can send to filter app makes as many files as they like, "
                          "because {host} and {field.user} is what the sender says; name the senders with `networks` "
                          "or the values with `where`, or use {src.addr}"));
  config.filters[0].where = {{"host", "a"}};
  EXPECT_THAT(findings(config, open_host()), SizeIs(1));
  config.filters[0].where.push_back({"field.user", "root"});
  EXPECT_THAT(findings(config, open_host()), IsEmpty());
  config.filters[0].where.clear();
  config.filters[0].networks = {{*Address::parse("192.0.2.7"), 128}};
  EXPECT_THAT(findings(config, open_host()), IsEmpty());
  EXPECT_THAT(findings(file_at("/l/{src.addr}-{time:%F}-{filter}"), open_host()), IsEmpty());
}

std::vector<std::string> on_interfaces(std::vector<HostInterface> interfaces, config::Capture capture) {
  config::Config config = config_of(config::StandardOutputTarget());
  config.capture = std::move(capture);
  Host host = open_host();
  host.interfaces = std::move(interfaces);
  host.interfaces.push_back(interface("any"));
  return findings(config, host);
}

TEST(HostCheck, InterfaceThatIsMissing) {
  EXPECT_THAT(on_interfaces({interface("eth0")}, {.interfaces = {"eth0", "eht1", "tun*"}}),
              ElementsAre("capture.interfaces: there is no interface 'eht1' on this host now; see `logsniffd "
                          "interfaces`"));
  EXPECT_THAT(on_interfaces({interface("ens3f0")}, {.interfaces = {"ens3f0", "ens3f1"}}),
              ElementsAre("capture.interfaces: there is no interface 'ens3f1' on this host now (did you mean "
                          "'ens3f0'?); see `logsniffd interfaces`"));
}

TEST(HostCheck, NoInterfaceAtAll) {
  EXPECT_THAT(on_interfaces({interface("eth0")}, {.interfaces = {"tun*"}}),
              ElementsAre("capture.interfaces: no interface of this host matches now, and at least one must be there "
                          "at the start; see `logsniffd interfaces`"));
}

TEST(HostCheck, MirrorPortWithoutPromiscuous) {
  HostInterface card = interface("eth0");
  EXPECT_THAT(on_interfaces({card}, {.interfaces = {"eth0"}}), IsEmpty());
  card.deaf_card = true;
  EXPECT_THAT(on_interfaces({card}, {.interfaces = {"eth*"}}),
              ElementsAre("capture.interfaces: eth0 has no address, so it looks like a mirror port, and the card drops "
                          "the packets for other machines; set promiscuous: true"));
  EXPECT_THAT(on_interfaces({card}, {.interfaces = {"eth*"}, .promiscuous = true}), IsEmpty());
  EXPECT_THAT(on_interfaces({card}, {.interfaces = {"any"}}), IsEmpty());
}

TEST(HostCheck, SnaplenBelowMergedPackets) {
  const std::vector<HostInterface> interfaces{interface("lo"), interface("eth0", {"rx-gro"})};
  EXPECT_THAT(on_interfaces(interfaces, {.interfaces = {"any"}, .snaplen = 64 * config::kKiB}),
              ElementsAre("capture.snaplen: eth0 merges packets to up to 65549 bytes (rx-gro), so 64KiB truncates "
                          "records; use 256KiB"));
  EXPECT_THAT(on_interfaces(interfaces, {.interfaces = {"lo"}, .snaplen = 64 * config::kKiB}), IsEmpty());
  EXPECT_THAT(on_interfaces(interfaces, {.interfaces = {"any"}}), IsEmpty());
}

TEST(HostCheck, UdpDatagramsThatAreMerged) {
  const std::vector<HostInterface> interfaces{interface("eth0", {"rx-gro", "rx-udp-gro-forwarding"})};
  EXPECT_THAT(on_interfaces(interfaces, {.interfaces = {"eth0"}}),
              ElementsAre("capture.interfaces: eth0 may merge UDP datagrams, so that several messages arrive as one "
                          "record; switch it off with `ethtool -K eth0 rx-udp-gro-forwarding off`"));
  EXPECT_THAT(on_interfaces({interface("eth0", {"rx-gro"})}, {.interfaces = {"eth0"}}), IsEmpty());
}

class DeafCard : public testing::Test {
 protected:
  DeafCard() {
    info.index = 7;
    info.state = "up";
    test::write_file(device.path("device"), "");
    test::write_file(device.path("ifindex"), "7\n");
    test::write_file(device.path("flags"), "0x1003\n");
  }
  [[nodiscard]] bool is_deaf() const { return is_deaf_card(device.path(), info); }

  test::TempDirectory device;
  capture::InterfaceInfo info;
};

TEST_F(DeafCard, WithoutAnAddress) {
  EXPECT_TRUE(is_deaf());
  info.addresses = {"fe80::1/64"};
  EXPECT_TRUE(is_deaf());
  info.addresses.emplace_back("192.0.2.7/24");
  EXPECT_FALSE(is_deaf());
}

TEST_F(DeafCard, ThatIsDown_IsNone) {
  info.state = "no carrier";
  EXPECT_FALSE(is_deaf());
}

TEST_F(DeafCard, IsNoVirtualInterface) {
  std::filesystem::remove(device.path("device"));
  EXPECT_FALSE(is_deaf());
}

TEST_F(DeafCard, IsNoPartOfABridge) {
  test::write_file(device.path("upper_br0"), "");
  EXPECT_FALSE(is_deaf());
}

TEST_F(DeafCard, ThatIsPromiscuousAlready_IsNone) {
  test::write_file(device.path("flags"), "0x1103\n");
  EXPECT_FALSE(is_deaf());
}

TEST_F(DeafCard, OfAnotherNamespace_IsNone) {
  test::write_file(device.path("ifindex"), "8\n");
  EXPECT_FALSE(is_deaf());
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
