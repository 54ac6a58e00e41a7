#include "tests/damage/condition.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "config/loader.hpp"
#include "daemon/app/wiring.hpp"
#include "daemon/capture/file_source.hpp"
#include "tests/support/ledger_check.hpp"

namespace logsniffd::damage {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kQueueBytes = 64U << 20;  // emptied after each packet, so nothing is dropped
constexpr std::size_t kReadBudget = 64;

class Keeper final : public capture::PacketObserver {
 public:
  void on_packet(const capture::RawPacket& packet) override {
    packets.push_back({{packet.bytes.begin(), packet.bytes.end()},
                       packet.original_length,
                       packet.captured_at,
                       packet.link_type,
                       packet.interface_id,
                       std::string(packet.interface)});
  }

  std::vector<StoredPacket> packets;
};

Expected<std::vector<StoredPacket>> read_packets(const fs::path& folder) {
  const fs::path pcap = folder / "input.pcap";
  auto source = capture::FileSource::open(fs::exists(pcap) ? pcap : folder / "input.pcapng", "");
  if (!source) return fail(std::move(source.error()));
  Keeper keeper;
  while (true) {
    const auto status = (*source)->read(keeper, kReadBudget);
    if (!status) return fail(status.error());
    if (*status == capture::ReadStatus::end) return std::move(keeper.packets);
  }
}

std::string attributes_of(const record::LogRecord& record) {
  std::string all(record.interface);
  for (const std::string_view part : {record.host, record.app, record.pid, record.msgid}) {
    all += '\x1f';
    all += part;
  }
  for (const record::Field& field : record.fields) {
    if (field.name == "missing_before") continue;  // reports what the damage took
    all += '\x1f';
    all += std::string(field.name) + "=" + std::string(field.value);
  }
  all += '\x1f' + std::to_string(record.severity ? static_cast<int>(*record.severity) : -1);
  all += '\x1f' + std::to_string(record.facility ? static_cast<int>(*record.facility) : -1);
  all += '\x1f' + std::to_string(record.sent ? record.sent->time_since_epoch().count() : -1);
  return all;
}

void take(record_path::BatchQueue& queue, std::vector<SeenRecord>& records) {
  record_path::BatchQueue::Item item;
  std::vector<record::Field> scratch;
  while (queue.take(item)) {
    for (std::size_t i = 0; i < item.object->size(); ++i) {
      const record::LogRecord record = item.object->record(i, scratch);
      records.push_back({record.flow, std::string(item.object->filter_name(i)), std::string(record.message),
                         record.integrity, attributes_of(record)});
    }
    queue.release(item);
  }
}

}  // namespace

Expected<Condition> Condition::load(const std::string& folder) {
  auto loaded = config::load_file(fs::path(folder) / "case.yaml");
  if (!loaded) return fail(std::move(loaded.error()));
  // Records are compared with the text of the packets.
  for (config::Filter& filter : loaded->config.filters) {
    filter.redact.clear();
    filter.volume = {};
  }
  app::SinkIndex sinks;
  for (const config::Sink& sink : loaded->config.sinks) sinks[sink.name] = 0;  // a record comes once for all sinks
  auto plan = app::make_plan(loaded->config, sinks, false);
  if (!plan) return fail(std::move(plan.error()));
  auto packets = read_packets(folder);
  if (!packets) return fail(std::move(packets.error()));
  Condition condition;
  condition.name_ = (fs::path(folder) / "case.yaml").parent_path().filename();  // with or without a slash at the end
  condition.packets_ = std::move(*packets);
  condition.plan_ = std::move(*plan);
  condition.options_.limits = app::pipeline_limits(loaded->config.limits);
  condition.options_.linger = Duration::max();
  return condition;
}

Packets Condition::all() const {
  Packets packets;
  for (const StoredPacket& packet : packets_) packets.push_back(&packet);
  return packets;
}

std::size_t Condition::captured_bytes() const {
  std::size_t bytes = 0;
  for (const StoredPacket& packet : packets_) bytes += packet.bytes.size();
  return bytes;
}

bool Condition::joins_lines(const std::string& filter) const {
  const auto at = std::find(plan_->names->begin(), plan_->names->end(), filter) - plan_->names->begin();
  return std::any_of(plan_->lanes.begin(), plan_->lanes.end(),
                     [&](const record_path::Lane& lane) { return lane.joining && (lane.filters >> at & 1) != 0; });
}

Outcome Condition::run(const Packets& packets) const {
  const std::atomic<bool> abandon{false};
  queue::Wakeup wakeup;
  record_path::BatchQueue queue(kQueueBytes, wakeup);
  pipeline::Pipeline pipeline(options_, abandon);
  pipeline.configure(plan_, {{0, &queue}});
  Outcome outcome;
  const auto check = [&](const std::string& wrong) {
    if (outcome.imbalance.empty()) outcome.imbalance = wrong;
  };
  for (const StoredPacket* packet : packets) {
    pipeline.on_packet({packet->bytes, packet->original_length, packet->captured_at, packet->link_type,
                        packet->interface_id, packet->interface});
    check(test::imbalance(pipeline, queue));
    take(queue, outcome.records);
  }
  pipeline.finish();
  take(queue, outcome.records);
  const bool one_each = plan_->lanes.size() == 1 && plan_->names->size() == 1;  // REQUIRED by imbalance_at_end()
  check(one_each ? test::imbalance_at_end(pipeline, queue) : test::imbalance(pipeline, queue));
  if (queue.counters().dropped.get() > 0) check("the queue dropped records");
  return outcome;
}

}  // namespace logsniffd::damage
