// Runs each condition named on the command line (a folder) through the whole program and compares the output, byte for
// byte. README.md describes the files in such a folder.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <future>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "config/loader.hpp"
#include "daemon/app/collector.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::golden {
namespace {

namespace fs = std::filesystem;

constexpr auto kPatience = std::chrono::seconds(30);  // for a capture of a few packets

std::string input_in(const fs::path& folder) {
  for (const char* name : {"input.pcap", "input.pcapng"}) {
    if (fs::exists(folder / name)) return folder / name;
  }
  return {};
}

// The format in which a sink writes a line. Sinks that do not write lines have no format.
struct FormatOf {
  std::string operator()(const config::FileTarget& file) const { return file.format; }
  std::string operator()(const config::StandardOutputTarget& output) const { return output.format; }
  std::string operator()(const auto&) const { return config::FileTarget().format; }
};

// The configuration of the case, with every sink replaced by a file named after it in `output`.
config::Config configuration(const fs::path& folder, const test::TempDirectory& output) {
  const auto loaded = config::load_file(folder / "case.yaml");
  if (!loaded) {
    ADD_FAILURE() << loaded.error().message();
    return {};
  }
  for (const config::Diagnostic& problem : loaded->problems) ADD_FAILURE() << problem.to_string("case.yaml");
  config::Config config = loaded->config;
  for (config::Sink& sink : config.sinks) {
    config::FileTarget file;
    file.path = output.path(sink.name);
    file.format = std::visit(FormatOf(), sink.target);
    sink.target = file;
  }
  return config;
}

// Runs from the first packet to the last record on disk.
std::optional<app::Ledger> replay(const std::string& input, config::Config config) {
  std::promise<void> finished;
  app::CollectorEvents events;
  events.on_interface = [](const std::string&, capture::InterfaceChange, const std::string&) {};
  events.on_sink_error = [](const std::string& sink, const std::string& error) {
    ADD_FAILURE() << sink << ": " << error;
  };
  events.on_finished = [&finished] { finished.set_value(); };
  app::CollectorOptions options;
  options.config = std::move(config);
  options.read_file = input;
  auto collector = app::Collector::create(std::move(options), std::move(events));
  if (!collector) {
    ADD_FAILURE() << collector.error().message();
    return std::nullopt;
  }
  (*collector)->start();
  EXPECT_EQ(finished.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_TRUE((*collector)->stop(kPatience));
  if (const auto error = (*collector)->take_error()) ADD_FAILURE() << error->message();
  return (*collector)->ledger();
}

std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files[entry.path().filename()] = test::read_file(entry.path());
  }
  return files;
}

void expect_balanced(const app::Ledger& ledger) {
  EXPECT_EQ(ledger.unaccounted_packets(), 0);
  EXPECT_EQ(ledger.unaccounted_bytes(), 0);
  EXPECT_EQ(ledger.unaccounted_records(), 0);
  EXPECT_EQ(ledger.lost_records(), 0);
  EXPECT_EQ(ledger.pipeline.streams.buffered.get(), 0) << "bytes were held when the capture had ended";
  EXPECT_GT(ledger.pipeline.packets.received.get(), 0);
}

// The optional file `counted` has lines such as "/streams/events/gaps 1": a JSON pointer into the ledger (RFC 6901) and
// the figure that it must show.
void expect_counted(const app::Ledger& ledger, const fs::path& counted) {
  if (!fs::exists(counted)) return;
  const auto figures = nlohmann::json::parse(ledger.to_json());
  std::istringstream lines(test::read_file(counted));
  std::string pointer;
  std::uint64_t expected = 0;
  while (lines >> pointer >> expected) {
    const nlohmann::json::json_pointer at(pointer);
    ASSERT_TRUE(figures.contains(at)) << pointer << " is no figure of the ledger";
    EXPECT_EQ(figures[at].get<std::uint64_t>(), expected) << pointer;
  }
  EXPECT_TRUE(lines.eof()) << "counted: cannot read the line after " << pointer;
}

class GoldenTest : public testing::Test {
 public:
  explicit GoldenTest(fs::path folder) : folder_(std::move(folder)) {}

  void TestBody() override {
    const test::TempDirectory output;
    const std::string input = input_in(folder_);
    ASSERT_FALSE(input.empty()) << "neither input.pcap nor input.pcapng";  // without a file it would capture live
    config::Config config = configuration(folder_, output);
    ASSERT_FALSE(HasFailure());
    const auto ledger = replay(input, std::move(config));
    ASSERT_TRUE(ledger);
    EXPECT_EQ(files_in(output.path()), files_in(folder_ / "expected"));
    expect_balanced(*ledger);
    expect_counted(*ledger, folder_ / "counted");
    if (HasFailure()) std::printf("%s\n", ledger->to_json().c_str());
  }

 private:
  fs::path folder_;
};

}  // namespace
}  // namespace logsniffd::golden

int main(int argc, char** argv) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const auto folder = (std::filesystem::path(argv[i]) / "case.yaml").parent_path();  // without a trailing slash
    if (!std::filesystem::exists(folder / "expected")) {
      std::fprintf(stderr, "%s holds no condition; usage: golden_test FOLDER...\n", folder.c_str());
      return 2;
    }
    testing::RegisterTest("golden", folder.filename().c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [folder]() -> testing::Test* { return new logsniffd::golden::GoldenTest(folder); });
  }
  return argc > 1 ? RUN_ALL_TESTS() : 2;
}
