// A file sink whose clocks the test sets.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <semaphore>

#include "daemon/sink/file/file_options.hpp"
#include "daemon/sink/file/file_sink.hpp"
#include "daemon/sink/file/open_files.hpp"
#include "tests/support/failing_call.hpp"
#include "tests/support/sink_fixture.hpp"
#include "tests/support/temp_directory.hpp"
#include "tests/unit/sink/file/decompressed.hpp"

namespace logsniffd::sink::file {

using namespace test;
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::read_file;
using test::write_file;
using testing::ElementsAre;
using testing::HasSubstr;

class FileRotationTest : public testing::Test {
 protected:
  FileSinkOptions options(const std::string& below, RotationOptions rotation) {
    FileSinkOptions options{directory.path(below), "raw"};
    options.rotation = rotation;
    options.timing.wall = [this] { return wall.load(); };
    options.timing.steady = [this] { return steady; };
    options.timing.archive_rested = [this] { rested.release(); };
    return options;
  }
  static std::unique_ptr<Sink> opened(const FileSinkOptions& options) {
    auto sink = made(make_file_sink, options);
    const Status status = sink->open();
    EXPECT_TRUE(status) << (status ? "" : status.error().message());
    return sink;
  }
  std::unique_ptr<Sink> by_size(std::uint64_t size, const std::string& below = "app.log") {
    return opened(options(below, {size, {}, {1000}}));
  }
  std::unique_ptr<Sink> by_time(Duration every, const std::string& below = "app.log") {
    return opened(options(below, {{}, every, {1000}}));
  }

  // Waits until the work of the archivist has made `condition` true.
  template <class Condition>
  bool eventually(Condition condition) {
    while (!condition()) {
      if (!rested.try_acquire_for(20s)) return condition();
    }
    return true;
  }

  // The names of the files in the directory, sorted.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(directory.path())) found.push_back(entry.path().filename());
    std::sort(found.begin(), found.end());
    return found;
  }
  [[nodiscard]] std::string content(const std::string& name) const { return read_file(directory.path(name)); }
  // The contents of the files: the rotated files in the order of their names, then the current one.
  [[nodiscard]] std::vector<std::string> contents(const std::string& name = "app.log") const {
    std::vector<std::string> all;
    for (const std::string& found : names()) {
      const auto rotated = parse_rotated(found);
      if (!rotated || rotated->base != name) continue;
      const std::string text = content(found);
      all.push_back(rotated->compression == Compression::zstd   ? unzstd(text)
                    : rotated->compression == Compression::gzip ? gunzipped(text)
                                                                : text);
    }
    all.push_back(content(name));
    return all;
  }

  test::TempDirectory directory;
  InZone zone;
  std::atomic<PacketTime> wall{kWhen};
  SteadyTime steady{1000s};
  std::counting_semaphore<> rested{0};
};

// Without root, because root ignores permissions.
class Unprivileged {
 public:
  Unprivileged() : before_(::geteuid()) {
    if (before_ == 0 && ::seteuid(65534) != 0) std::abort();
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  ~Unprivileged() {
    if (before_ == 0 && ::seteuid(0) != 0) std::abort();
  }

 private:
  uid_t before_;
};

}  // namespace logsniffd::sink::file
