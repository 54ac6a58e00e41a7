#include "daemon/app/ledger.hpp"

#include <nlohmann/json.hpp>

namespace logsniffd::app {
namespace {

using Json = nlohmann::ordered_json;

Json& at(Json& object, std::string_view key) { return key.empty() ? object : object[std::string(key)]; }

template <class Block>
void put(Json& object, const Block& block) {
  Block::for_each(block, [&](const CounterName& name, const auto& counter) {
    if (!name.is_listed) return;
    Json& figure = at(at(object, name.group), name.word);
    figure = (figure.is_null() ? 0 : figure.get<std::uint64_t>()) + value_of(counter);
  });
}

}  // namespace

// The kernel's drops belong to the whole in one block (packets.received), and are a part in the other.
std::int64_t Ledger::unaccounted_packets() const { return unaccounted(pipeline.packets) + unaccounted(capture); }

std::int64_t Ledger::unaccounted_bytes() const { return unaccounted(pipeline.streams); }

std::int64_t Ledger::unaccounted_records() const {
  std::int64_t left = unaccounted(pipeline.records);
  for (const auto& [name, figures] : sinks) left += unaccounted(figures);
  return left;
}

std::uint64_t Ledger::lost_records() const {
  std::uint64_t lost = 0;
  for (const auto& [name, figures] : sinks) lost += figures.dropped_sum();
  return lost;
}

std::string Ledger::to_json() const { return to_value().dump(); }

Json Ledger::to_value() const {
  Json json;
  pipeline::PipelineCounters::for_each_block(pipeline, [&](const pipeline::BlockName& name, const auto& block) {
    put(at(at(json, name.section), name.group), block);
  });
  put(json["packets"], capture);
  Json& sink_objects = json["sinks"] = Json::object();
  for (const auto& [name, figures] : sinks) put(sink_objects[name], figures);
  json["unaccounted"] = {
      {"packets", unaccounted_packets()}, {"bytes", unaccounted_bytes()}, {"records", unaccounted_records()}};
  return json;
}

Ledger read_ledger(const pipeline::PipelineCounters& counters, const capture::CaptureStatistics& capture) {
  Ledger ledger{counters, capture, {}};
  ledger.pipeline.packets.received.add(capture.kernel_dropped);
  return ledger;
}

}  // namespace logsniffd::app
