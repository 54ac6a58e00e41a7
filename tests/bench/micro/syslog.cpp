// How many syslog messages does one core read per second? (daemon/record/syslog.hpp; goal: 3 million)
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "daemon/decoder/decoder.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::record;
using namespace logsniffd::decoder;

void decode(benchmark::State& state, std::string_view message, Decode as) {
  Decoder decoder;
  LogRecord record;
  record.captured_at = PacketTime(std::chrono::seconds(1'791'749'660));
  for (auto step : state) {
    decoder.decode(as, as_bytes(message), record);
    benchmark::DoNotOptimize(record);
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(message.size()));
}

void rfc3164(benchmark::State& state) {
  decode(state,
         "<30>Mar  9 10:27:44 web1 nginx[77]: upstream timed out (110: Connection timed out) while reading response "
         "header",
         Decode::automatic);
}
void rfc5424(benchmark::State& state) {
  decode(state,
         "<165>1 2026-03-09T10:27:44.003Z web1.example.com shop 8710 ID47 - item 7 was added to the cart of customer "
         "12345678",
         Decode::automatic);
}
void structured_data(benchmark::State& state) {
  decode(state,
         "<165>1 2026-03-09T10:27:44.003Z web1.example.com shop 8710 ID47 [origin software=\"rsyslogd\" "
         "swVersion=\"8.2302\"]"
         "[cart@32473 item=\"7\" customer=\"12345678\"] item was added to the cart",
         Decode::automatic);
}
void cef(benchmark::State& state) {
  decode(state,
         "<134>Mar  9 10:27:44 fw1 CEF:0|Acme|Wall|2.1|100|Port scan|7|src=10.1.2.3 dst=10.4.5.6 spt=1232 dpt=22 "
         "msg=many ports, one host",
         Decode::automatic);
}
void plain(benchmark::State& state) {
  decode(
      state,
      "2026-03-09 10:27:44 INFO request handled in 12 ms by worker 3, session 8f14e45fceea167a5a36dedd4bea2543 expired",
      Decode::automatic);
}

BENCHMARK(rfc3164);
BENCHMARK(rfc5424);
BENCHMARK(structured_data);
BENCHMARK(cef);
BENCHMARK(plain);

}  // namespace

BENCHMARK_MAIN();
