#include "tests/corpus/capture_run.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <set>
#include <utility>
#include <vector>

#include "daemon/capture/file_source.hpp"
#include "tests/support/ledger_check.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::corpus {
namespace {

constexpr std::uint64_t kQueueBytes = 64 * 1024;  // nobody empties it, so it fills and drops
constexpr std::size_t kReadBudget = 64;

// An exact-size copy: a sanitizer sees a read after its end, and a view that outlives it.
std::unique_ptr<std::uint8_t[]> exact_copy(Bytes bytes) {
  auto copy = std::make_unique_for_overwrite<std::uint8_t[]>(bytes.size());
  if (!bytes.empty()) std::memcpy(copy.get(), bytes.data(), bytes.size());
  return copy;
}

std::shared_ptr<const record_path::RoutingPlan> make_plan(
    const std::vector<std::pair<std::string, record_path::Lane>>& lanes) {
  std::vector<filter::FilterOptions> filters;
  record::FilterNames names;
  std::vector<record_path::Lane> own_lanes;
  for (const auto& [name, lane] : lanes) {
    filters.push_back({.name = name, .sinks = 1});
    names.push_back(name);
    own_lanes.push_back(lane);
    own_lanes.back().filters = filter::FilterMask{1} << (own_lanes.size() - 1);
  }
  auto table = filter::FilterTable::compile(std::move(filters));
  if (!table) std::abort();  // an error in this file
  return std::make_shared<const record_path::RoutingPlan>(record_path::RoutingPlan{
      std::move(*table), std::move(own_lanes), std::make_shared<const record::FilterNames>(std::move(names))});
}

// A refusal must be one line that names the file and leads to exit code 1.
std::string check_refusal(const Error& error, const std::string& name) {
  const std::string& text = error.message();
  if (error.exit_code() != 1) return "exit code " + std::to_string(error.exit_code()) + " for: " + text;
  if (!text.starts_with(name + ": ") || text.size() < name.size() + 8) return "does not name the file: " + text;
  const bool one_line = std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return one_line ? "" : "is not one line: " + text;
}

class SnapshotCutter final : public capture::PacketObserver {
 public:
  SnapshotCutter(std::size_t snapshot_bytes, const pipeline::PipelineLimits& limits, pipeline::Pipeline& pipeline,
                 const record_path::BatchQueue& queue)
      : snapshot_bytes_(snapshot_bytes), limits_(limits), pipeline_(pipeline), queue_(queue) {}

  void on_packet(const capture::RawPacket& packet) override {
    capture::RawPacket cut = packet;
    cut.bytes = packet.bytes.first(std::min(packet.bytes.size(), snapshot_bytes_));
    const auto own = exact_copy(cut.bytes);
    cut.bytes = {own.get(), cut.bytes.size()};
    pipeline_.on_packet(cut);
    last_ = packet.captured_at;
    ++packets_;
    check();
  }

  // A pause, as in a live source: a batch is published, and timeouts pass.
  void pause() {
    if (packets_ == 0) return;
    pipeline_.idle(last_);
    check();
  }

  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  void check() {
    if (!problem_.empty()) return;
    std::string wrong = test::imbalance(pipeline_, queue_);
    if (wrong.empty()) wrong = test::excess(pipeline_, limits_);
    if (!wrong.empty()) problem_ = "after packet " + std::to_string(packets_) + ": " + wrong;
  }

  std::size_t snapshot_bytes_;
  const pipeline::PipelineLimits& limits_;
  pipeline::Pipeline& pipeline_;
  const record_path::BatchQueue& queue_;
  PacketTime last_{};
  std::uint64_t packets_ = 0;
  std::string problem_;
};

// Reads each byte of each packet, so that a sanitizer sees a view beyond the file.
class Toucher final : public capture::PacketObserver {
 public:
  void on_packet(const capture::RawPacket& packet) override {
    std::uint64_t sum = sums_.back();
    for (const std::uint8_t byte : packet.bytes) sum = sum * 31 + byte;
    for (const char byte : packet.interface) sum = sum * 31 + static_cast<unsigned char>(byte);
    sums_.push_back(sum);
  }

  // The sums of all bytes after no packet, after the first, and so on.
  [[nodiscard]] const std::vector<std::uint64_t>& sums() const { return sums_; }

 private:
  std::vector<std::uint64_t> sums_ = {0};
};

struct Reading {
  std::vector<std::uint64_t> sums;
  std::string problem;
};

Reading read_all(Bytes contents) {
  const auto own = exact_copy(contents);
  Toucher toucher;
  auto source = capture::FileSource::over({own.get(), contents.size()});
  if (!source) return {toucher.sums(), check_refusal(source.error(), "capture")};
  while (true) {
    const auto status = (*source)->read(toucher, kReadBudget);
    if (!status) return {toucher.sums(), check_refusal(status.error(), "capture")};
    if (*status == capture::ReadStatus::end) return {toucher.sums(), {}};
    if (*status == capture::ReadStatus::idle) return {toucher.sums(), "bytes in memory are never idle"};
  }
}

// Every place in a short file; in a longer one the places around its headers and its end, and some between.
std::set<std::size_t> places_to_cut(std::size_t size) {
  constexpr std::size_t kEveryPlace = 4096;
  constexpr std::size_t kAtTheEnd = 64;
  constexpr std::size_t kBetween = 64;
  std::set<std::size_t> places;
  for (std::size_t place = 0; place < std::min(size, kEveryPlace); ++place) places.insert(place);
  for (std::size_t place = size - std::min(size, kAtTheEnd); place < size; ++place) places.insert(place);
  for (std::size_t part = 1; part < kBetween; ++part) places.insert(size * part / kBetween);
  return places;
}

record_path::Joining traceback() { return {{framing::JoinMode::traceback, nullptr, std::chrono::seconds(1)}}; }

}  // namespace

Scenario tight_limits() {
  pipeline::PipelineOptions options;
  options.limits.tcp = {100, std::chrono::minutes(5), std::chrono::seconds(2), 16 * 1024, 64 * 1024};
  options.limits.fragments = {64 * 1024, std::chrono::seconds(30)};
  options.limits.framing = {512, 4096};
  options.linger = std::chrono::seconds(1);
  return {"tight limits", make_plan({{"all", {}}}), options};
}

Scenario every_lane() {
  using framing::Method;
  using record::Decode;
  pipeline::PipelineOptions options;
  options.limits.tcp = {100'000, std::chrono::minutes(5), std::chrono::seconds(2), 1U << 20, 256U << 20};
  options.limits.fragments = {32U << 20, std::chrono::seconds(30)};
  options.limits.framing = {64 * 1024, 64U << 20};
  options.linger = std::chrono::milliseconds(50);
  return {"every lane",
          make_plan({{"found", {}},
                     {"lines", {{.method = Method::lines}, {}, Decode::plain, 0}},
                     {"nul", {{.method = Method::nul}, {}, Decode::syslog, 0}},
                     {"octet", {{.method = Method::octet}, traceback(), Decode::json, 0}},
                     {"length", {{.method = Method::length}, {}, Decode::python, 0}},
                     {"datagrams", {{.method = Method::datagram, .split_lines = true}, traceback(), Decode::gelf, 0}}}),
          options};
}

RunResult run_capture(const std::string& path, std::size_t snapshot_bytes, const Scenario& scenario) {
  auto source = capture::FileSource::open(path, "");
  if (!source) return {0, source.error().message(), check_refusal(source.error(), path)};

  const std::atomic<bool> abandon{false};
  queue::Wakeup wakeup;
  record_path::BatchQueue queue(kQueueBytes, wakeup);
  pipeline::Pipeline pipeline(scenario.options, abandon);
  pipeline.configure(scenario.plan, {{0, &queue}});
  SnapshotCutter cutter(snapshot_bytes, scenario.options.limits, pipeline, queue);
  RunResult result;
  while (true) {
    const auto status = (*source)->read(cutter, kReadBudget);
    if (!status) {
      result.refusal = status.error().message();
      result.problem = check_refusal(status.error(), path);
      break;
    }
    if (*status == capture::ReadStatus::end) break;
    cutter.pause();
  }
  pipeline.finish();
  result.packets = cutter.packets();
  if (result.problem.empty()) result.problem = cutter.problem();
  if (result.problem.empty()) {
    if (const std::string wrong = test::imbalance_at_end(pipeline, queue); !wrong.empty())
      result.problem = "at the end: " + wrong;
  }
  if (result.problem.empty() && pipeline.packets().received.get() != result.packets)
    result.problem = "a packet was not counted";
  return result;
}

CutResult cut_file(const std::string& path) {
  const std::string text = test::read_file(path);
  const Bytes whole(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  const Reading all = read_all(whole);
  CutResult result{0, all.problem};
  std::size_t before = 0;
  for (const std::size_t place : places_to_cut(whole.size())) {
    const Reading piece = read_all(whole.first(place));
    ++result.pieces;
    std::string wrong = piece.problem;
    if (piece.sums.size() < before) wrong = "fewer packets than a shorter piece";
    if (piece.sums.size() > all.sums.size() || !std::equal(piece.sums.begin(), piece.sums.end(), all.sums.begin())) {
      wrong = "other packets than the whole file";
    }
    if (result.problem.empty() && !wrong.empty())
      result.problem = "cut at byte " + std::to_string(place) + ": " + wrong;
    before = piece.sums.size();
  }
  return result;
}

}  // namespace logsniffd::corpus
