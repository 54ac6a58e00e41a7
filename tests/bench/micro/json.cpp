// How many JSON and GELF messages does one core read per second? Items are messages of 150 to 250 bytes, as the loggers
// in the unit tests write them. The goal is 1.5 million per second for JSON.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/record/json/gelf.hpp"
#include "daemon/record/json/json.hpp"
#include "tests/support/compressed.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::record;
using namespace logsniffd::record::json;

constexpr std::string_view kZap =
    R"({"level":"info","ts":1715356800.5211482,"logger":"api","caller":"server/server.go:42","msg":"request done",)"
    R"("status":200,"elapsed":0.0123,"path":"/v1/items/8","client":"10.1.2.3:51022"})";
constexpr std::string_view kPino =
    R"({"level":30,"time":1715356800123,"pid":4711,"hostname":"web1","req":{"id":7,"method":"GET","url":"/v1/items/8",)"
    R"("remote":"10.1.2.3"},"res":{"statusCode":200},"responseTime":12,"msg":"request completed"})";
constexpr std::string_view kLogback =
    R"({"@timestamp":"2024-05-10T18:00:00.123+02:00","@version":"1","message":"Order 8123 accepted for \"ACME\"",)"
    R"("logger_name":"com.example.Orders","thread_name":"http-nio-8080-exec-4","level":"INFO","level_value":20000})";
constexpr std::string_view kDocker =
    R"({"log":"10.1.2.3 - - [10/May/2024:16:00:00 +0000] \"GET /v1/items/8 HTTP/1.1\" 200 612 \"-\" \"curl/7.88.1\"\n",)"
    R"("stream":"stdout","time":"2024-05-10T16:00:00.987654321Z"})";
constexpr std::string_view kGelf =
    R"({"version":"1.1","host":"web1","short_message":"Order 8123 accepted","timestamp":1715356800.123,"level":6,)"
    R"("_app":"shop","_thread":"http-nio-8080-exec-4","_logger":"com.example.Orders","_order":8123})";

void require(benchmark::State& state, bool condition) {
  if (!condition) state.SkipWithError("a message was not read");
}

void read_json(benchmark::State& state, const std::vector<std::string_view>& messages) {
  JsonReader reader;
  LogRecord record;
  std::vector<Field> fields;
  std::int64_t bytes = 0;
  std::size_t next = 0;
  for (auto iteration : state) {
    const std::string_view message = messages[next];
    next = next + 1 == messages.size() ? 0 : next + 1;
    require(state, reader.read(message, record, fields));
    benchmark::DoNotOptimize(record.message.data());
    bytes += static_cast<std::int64_t>(message.size());
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(bytes);
}

void read_gelf(benchmark::State& state, Bytes payload) {
  GelfReader reader;
  LogRecord record;
  std::vector<Field> fields;
  for (auto iteration : state) {
    require(state, reader.read(payload, {65536, 65536}, record, fields) == GelfVerdict::message);
    benchmark::DoNotOptimize(record.message.data());
  }
  state.SetItemsProcessed(state.iterations());
}

// Text that only looks like JSON: the cost of `auto` for senders that do not send JSON.
void refuse_json(benchmark::State& state) {
  JsonReader reader;
  LogRecord record;
  std::vector<Field> fields;
  const std::string text = "{" + std::string(kZap.substr(1, kZap.size() - 2)) + ",}";
  for (auto iteration : state) require(state, !reader.read(text, record, fields));
  state.SetItemsProcessed(state.iterations());
}

void json_zap(benchmark::State& state) { read_json(state, {kZap}); }
void json_pino(benchmark::State& state) { read_json(state, {kPino}); }
void json_logback(benchmark::State& state) { read_json(state, {kLogback}); }
void json_docker(benchmark::State& state) { read_json(state, {kDocker}); }
void json_mixed(benchmark::State& state) { read_json(state, {kZap, kPino, kLogback, kDocker}); }
void gelf_plain(benchmark::State& state) { read_gelf(state, as_bytes(kGelf)); }
void gelf_gzip(benchmark::State& state) { read_gelf(state, test::compressed(kGelf, test::Compression::gzip)); }

// If other work shares the processors, the least disturbed round is the best figure.
void least(benchmark::internal::Benchmark* benchmark) {
  benchmark->ComputeStatistics(
      "min", [](const std::vector<double>& rounds) { return *std::min_element(rounds.begin(), rounds.end()); });
}

}  // namespace

BENCHMARK(json_zap)->Apply(least);
BENCHMARK(json_pino)->Apply(least);
BENCHMARK(json_logback)->Apply(least);
BENCHMARK(json_docker)->Apply(least);
BENCHMARK(json_mixed)->Apply(least);
BENCHMARK(refuse_json)->Apply(least);
BENCHMARK(gelf_plain)->Apply(least);
BENCHMARK(gelf_gzip)->Apply(least);

BENCHMARK_MAIN();
