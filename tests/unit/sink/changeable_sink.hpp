// A sink whose target is there, away, or there for a while, as the test says.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "daemon/sink/leftovers.hpp"
#include "daemon/sink/sink.hpp"

namespace logsniffd::sink {

class ChangeableSink final : public Sink {
 public:
  // What the target took, from all sinks there ever were: a message, or "# notice".
  struct Target {
    std::vector<std::string> took;
    std::uint64_t takes = std::numeric_limits<std::uint64_t>::max();  // so many records, then it is away
    DropReason reason = DropReason::unreachable;
    std::string refused;        // this message is too large, whenever it comes
    std::string separate_file;  // records of this host go to a file of their own, which is away for itself
    bool separate_file_away = false;

    void go_away(DropReason why = DropReason::unreachable) {
      takes = 0;
      reason = why;
    }
    void come_back() { takes = std::numeric_limits<std::uint64_t>::max(); }
  };

  explicit ChangeableSink(Target& target) : target_(target) {}

  Status open() override {
    if (target_.takes == 0) return fail(Error::runtime("the target: away"));
    return {};
  }

  void write(const record::RecordBatch& batch, unsigned index, Interrupt&) override {
    ++attempts;
    std::uint64_t settled = 0;
    for (std::uint32_t i = 0; i < batch.size(); ++i) {
      if ((batch.header(i).sinks >> index & 1) == 0) continue;
      const record::LogRecord record = batch.record(i, fields_);
      if (!target_.separate_file.empty() && record.host == target_.separate_file && target_.separate_file_away) {
        leave_one(i);
      } else if (record.message == target_.refused && !target_.refused.empty()) {
        counters_.dropped_for(DropReason::too_large).add();
      } else if (target_.takes == 0) {
        error_ = "the target: away";
        return leave_rest(batch, index, settled, target_.reason);
      } else {
        take(std::string(record.message));
        counters_.written.add();
        counters_.written_bytes.add(record.message.size());
      }
      ++settled;
    }
  }

  bool write_notice(std::string_view text, PacketTime, Interrupt&) override {
    if (target_.takes == 0) {
      error_ = "the target: away";
      return false;
    }
    take("# " + std::string(text));
    return true;
  }

  std::uint64_t attempts = 0;

 private:
  void take(std::string text) {
    --target_.takes;
    target_.took.push_back(std::move(text));
  }
  void leave_one(std::uint32_t number) {
    leftovers_->reason = DropReason::no_space;
    leftovers_->records.push_back(number);
  }

  Target& target_;
  std::vector<record::Field> fields_;
};

}  // namespace logsniffd::sink
