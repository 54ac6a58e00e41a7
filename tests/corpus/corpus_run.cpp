// Runs real and broken capture files through the whole pipeline, at every snapshot length, and cut at many places.
//
//   corpus_run PATH... [--if-there PATH...]
//
// A folder stands for all files in it. The paths after --if-there may be missing. One process runs all files,
// because a process for each of some thousands of runs would cost minutes under a sanitizer. It exits with 1 if
// anything is wrong.
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/corpus/capture_run.hpp"
#include "tests/corpus/processor_limit.hpp"
#include "tests/support/sanitized.hpp"

namespace logsniffd::corpus {
namespace {

namespace fs = std::filesystem;

// The boundaries of headers: Ethernet 14, IPv4 34, TCP 54.
constexpr std::array<std::size_t, 7> kSnapshotLengths = {14, 33, 34, 53, 54, 60, kWholePacket};
constexpr int kSecondsEach = 10;

#if LOGSNIFFD_ADDRESS_SANITIZER || LOGSNIFFD_THREAD_SANITIZER
constexpr bool kMemoryIsTheSanitizers = true;
#else
constexpr bool kMemoryIsTheSanitizers = false;
#endif
// The largest file, one pipeline and its queue. The whole corpus must not be in memory.
constexpr long kMostResidentKib = 64 * 1024;

std::string name_of(std::size_t snapshot_bytes) {
  return snapshot_bytes == kWholePacket ? "whole packets" : "packets of " + std::to_string(snapshot_bytes) + " bytes";
}

std::vector<std::string> files_in(int argc, char** argv) {
  std::vector<std::string> files;
  bool must_be_there = true;
  for (int i = 1; i < argc; ++i) {
    const std::string path = argv[i];
    if (path == "--if-there") {
      must_be_there = false;
    } else if (fs::is_directory(path)) {
      const std::size_t first = files.size();
      for (const auto& entry : fs::recursive_directory_iterator(path)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
      }
      std::sort(files.begin() + static_cast<std::ptrdiff_t>(first), files.end());
      std::printf("%s: %zu files\n", path.c_str(), files.size() - first);
    } else if (must_be_there || fs::exists(path)) {
      files.push_back(path);
    } else {
      std::printf("%s: not there\n", path.c_str());
    }
  }
  return files;
}

class Totals {
 public:
  void add(const std::string& step, const std::string& problem, double seconds) {
    if (seconds > slowest_seconds_) {
      slowest_seconds_ = seconds;
      slowest_ = step;
    }
    if (problem.empty()) return;
    ++problems_;
    std::fprintf(stderr, "%s: %s\n", step.c_str(), problem.c_str());
  }

  void print() const { std::printf("longest step: %.3f s, %s\n", slowest_seconds_, slowest_.c_str()); }
  [[nodiscard]] int problems() const { return problems_; }

 private:
  int problems_ = 0;
  double slowest_seconds_ = 0;
  std::string slowest_;
};

// A file gives the same number of packets and the same refusal with every plan and snapshot length.
void expect_same(const RunResult& first, RunResult& other) {
  if (!other.problem.empty()) return;
  if (other.packets != first.packets || other.refusal != first.refusal)
    other.problem = "reads otherwise than in the first run";
}

int run(const std::vector<std::string>& files) {
  const std::array<Scenario, 2> scenarios = {tight_limits(), every_lane()};
  ProcessorLimit limit(kSecondsEach);
  Totals totals;
  std::uint64_t runs = 0;
  std::uint64_t packets = 0;
  std::uint64_t pieces = 0;
  std::uint64_t refused = 0;
  for (const std::string& file : files) {
    RunResult first;
    bool have_first = false;
    for (const Scenario& scenario : scenarios) {
      for (const std::size_t snapshot_bytes : kSnapshotLengths) {
        const std::string step = file + " (" + scenario.name + ", " + name_of(snapshot_bytes) + ")";
        limit.begin(step);
        RunResult result = run_capture(file, snapshot_bytes, scenario);
        const double seconds = limit.end();
        if (!std::exchange(have_first, true)) first = result;
        expect_same(first, result);
        totals.add(step, result.problem, seconds);
        packets += result.packets;
        ++runs;
      }
    }
    if (!first.refusal.empty()) ++refused;
    const std::string step = file + " (cut at many places)";
    limit.begin(step);
    const CutResult cut = cut_file(file);
    totals.add(step, cut.problem, limit.end());
    pieces += cut.pieces;
  }

  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("%zu files, %llu of them refused; %llu runs, %llu packets; %llu pieces of files\n", files.size(),
              static_cast<unsigned long long>(refused), static_cast<unsigned long long>(runs),
              static_cast<unsigned long long>(packets), static_cast<unsigned long long>(pieces));
  totals.print();
  std::printf("peak of resident memory: %ld KiB%s\n", usage.ru_maxrss,
              kMemoryIsTheSanitizers ? ", not judged under a sanitizer" : "");
  if (!kMemoryIsTheSanitizers && usage.ru_maxrss > kMostResidentKib) {
    std::fprintf(stderr, "more than %ld KiB were resident\n", kMostResidentKib);
    return 1;
  }
  return totals.problems() == 0 && packets > 0 ? 0 : 1;  // without packets, nothing was tested
}

}  // namespace
}  // namespace logsniffd::corpus

int main(int argc, char** argv) { return logsniffd::corpus::run(logsniffd::corpus::files_in(argc, argv)); }
