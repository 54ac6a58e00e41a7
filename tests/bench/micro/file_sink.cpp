// How fast a file sink writes batches of 120-byte records in each format, and what it allocates.
//
// The files are on tmpfs (/dev/shm), so that no disk is measured. Large files are truncated or rotated.
//   allocations_per_record  of the whole process, in steady state: the goal is 0
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "daemon/record/record_batch.hpp"
#include "daemon/sink/file/file_options.hpp"
#include "daemon/sink/file/file_sink.hpp"
#include "tests/bench/micro/allocations.hpp"

namespace {

using namespace logsniffd;

constexpr std::size_t kRecordBytes = 120;  // with the LF
constexpr std::uint64_t kCutAt = 256ULL * 1024 * 1024;
constexpr unsigned kSink = 0;

class Folder {
 public:
  Folder() {
    std::string pattern = "/dev/shm/logsniffd-bench-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }
  void cut_all() const {
    for (const auto& entry : std::filesystem::directory_iterator(path_)) std::filesystem::resize_file(entry.path(), 0);
  }

 private:
  std::string path_;
};

// A full batch of records from `hosts` hosts in turn.
std::unique_ptr<record::RecordBatch> full_batch(std::size_t hosts) {
  auto batch = std::make_unique<record::RecordBatch>();
  batch->begin(std::make_shared<const record::FilterNames>(record::FilterNames{"app"}));
  PacketTime when = std::chrono::system_clock::now();
  for (std::size_t i = 0; !batch->full(); ++i) {
    std::string message = "connection " + std::to_string(i) + " from 192.0.2.7 closed after 17 requests, ";
    message.resize(kRecordBytes - 1, 'x');
    const std::string host = "host" + std::to_string(i % hosts);
    record::LogRecord record;
    record.captured_at = when += std::chrono::microseconds(3);
    record.flow = {{*Address::parse("192.0.2.7"), 40000}, {*Address::parse("198.51.100.1"), 514}, Transport::tcp};
    record.interface = "eth0";
    record.message = message;
    record.host = host;
    batch->append(record, 0, record::SinkMask{1} << kSink);
  }
  return batch;
}

void run(benchmark::State& state, sink::file::FileSinkOptions options, const Folder& folder, std::size_t hosts) {
  auto sink = sink::file::make_file_sink(options);
  auto interrupt = sink::Interrupt::create();
  if (!sink || !interrupt || !(*sink)->open()) return state.SkipWithError("the sink cannot be opened");
  const auto batch = full_batch(hosts);
  (*sink)->write(*batch, kSink, *interrupt);  // reaches the steady state
  (*sink)->write(*batch, kSink, *interrupt);
  const auto& counters = (*sink)->counters();
  const std::uint64_t bytes_before = counters.written_bytes.get();
  const std::uint64_t records_before = counters.written.get();
  std::uint64_t allocated = 0;
  std::uint64_t cut_at = bytes_before;
  for (auto _ : state) {
    const std::uint64_t before = allocations();
    (*sink)->write(*batch, kSink, *interrupt);
    allocated += allocations() - before;
    if (!options.rotation && counters.written_bytes.get() - cut_at > kCutAt) {
      state.PauseTiming();
      folder.cut_all();
      cut_at = counters.written_bytes.get();
      state.ResumeTiming();
    }
  }
  const std::uint64_t records = counters.written.get() - records_before;
  if (records != static_cast<std::uint64_t>(state.iterations()) * batch->size())
    return state.SkipWithError("records were lost");
  state.SetBytesProcessed(static_cast<std::int64_t>(counters.written_bytes.get() - bytes_before));
  state.SetItemsProcessed(static_cast<std::int64_t>(records));
  state.counters["allocations_per_record"] = static_cast<double>(allocated) / static_cast<double>(records);
}

void one_file(benchmark::State& state, const char* format) {
  const Folder folder;
  run(state, {folder.path("app.log"), format}, folder, 1);
}

void file_for_each_host(benchmark::State& state, const char* format) {
  const Folder folder;
  run(state, {folder.path("{host}.log"), format}, folder, static_cast<std::size_t>(state.range(0)));
}

void rotated(benchmark::State& state, sink::file::Compression compression) {
  const Folder folder;
  sink::file::FileSinkOptions options{folder.path("app.log"), "raw"};
  options.rotation = sink::file::RotationOptions{64ULL * 1024 * 1024, std::chrono::hours(1), {2, {}, compression}};
  run(state, options, folder, 1);
}

BENCHMARK_CAPTURE(one_file, raw, "raw");
BENCHMARK_CAPTURE(one_file, text, "text");
BENCHMARK_CAPTURE(one_file, template, "{time} {src} {message}");
BENCHMARK_CAPTURE(one_file, json, "json");
BENCHMARK_CAPTURE(file_for_each_host, text, "text")->Arg(1)->Arg(100)->Arg(200);
BENCHMARK_CAPTURE(rotated, raw, sink::file::Compression::none);
BENCHMARK_CAPTURE(rotated, zstd, sink::file::Compression::zstd);

}  // namespace

BENCHMARK_MAIN();
