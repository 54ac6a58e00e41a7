// A sink whose target is up, down, or up for a number of records, as the test says.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "daemon/sink/sink.hpp"
#include "daemon/sink/undelivered.hpp"

namespace logsniffd::test {

class ChangeableSink final : public sink::Sink {
 public:
  // What the target accepted from every sink that the test made: a message, or "# notice".
  struct Target {
    std::vector<std::string> took;
    std::uint64_t takes = std::numeric_limits<std::uint64_t>::max();  // so many records, then it is away
    sink::DropReason reason = sink::DropReason::unreachable;
    std::string refused;        // this message is too large, whenever it comes
    std::string separate_file;  // records of this host go to a file of their own, which is away for itself
    bool separate_file_away = false;
    bool buffers = false;         // records that it accepted may be lost until it reads them
    std::uint64_t in_flight = 0;  // the number of records that it accepted and did not read
    std::uint64_t broken = 0;     // those that were in flight when the connection broke, until they are reported

    void go_away(sink::DropReason why = sink::DropReason::unreachable) {
      takes = 0;
      reason = why;
    }
    // The target reads all records except the latest `unread`.
    void read_all_but(std::uint64_t unread) { in_flight = std::min(in_flight, unread); }
    // The target goes down, and loses the latest `lost` of the records that it did not read.
    void break_connection(std::uint64_t lost) {
      takes = 0;
      took.resize(took.size() - std::min(lost, in_flight));
      broken += std::exchange(in_flight, 0);
    }
    void come_back() { takes = std::numeric_limits<std::uint64_t>::max(); }
  };

  explicit ChangeableSink(Target& target) : target_(target) {}

  Status open() override {
    if (target_.takes == 0) return fail(Error::runtime("the target: away"));
    return {};
  }

  void write(const record::RecordBatch& batch, unsigned index, sink::Interrupt&) override {
    ++attempts;
    std::uint64_t settled = 0;
    if (target_.broken > 0) {
      error_ = "the target: broken";
      leave_rest(batch, index, 0, sink::DropReason::unreachable);
      return tell_flight();
    }
    for (std::uint32_t i = 0; i < batch.size(); ++i) {
      if ((batch.header(i).sinks >> index & 1) == 0) continue;
      const record::LogRecord record = batch.record(i, fields_);
      if (!target_.separate_file.empty() && record.host == target_.separate_file && target_.separate_file_away) {
        leave_one(i);
      } else if (record.message == target_.refused && !target_.refused.empty()) {
        lose(batch, {&i, 1}, sink::DropReason::too_large);
      } else if (target_.takes == 0) {
        error_ = "the target: away";
        leave_rest(batch, index, settled, target_.reason);
        break;
      } else {
        take(std::string(record.message));
        counters_.written.add();
        counters_.written_bytes.add(record.message.size());
      }
      ++settled;
    }
    tell_flight();
  }

  bool write_notice(std::string_view text, PacketTime, sink::Interrupt&) override {
    const bool takes = target_.takes > 0 && target_.broken == 0;
    if (takes) {
      take("# " + std::string(text));
    } else {
      error_ = "the target: away";
    }
    tell_flight();
    return takes;
  }

  Duration maintain(sink::Interrupt&) override {
    tell_flight();
    return kNothingDue;
  }

  // A target that is up reads everything.
  void finish(sink::Interrupt&) override {
    if (target_.takes == 0) target_.broken += target_.in_flight;
    target_.in_flight = 0;
    tell_flight();
  }

  std::uint64_t attempts = 0;

 private:
  void take(std::string text) {
    --target_.takes;
    target_.took.push_back(std::move(text));
    if (target_.buffers) ++target_.in_flight;
  }
  void tell_flight() {
    if (undelivered_ == nullptr) return;
    undelivered_->taken_back += std::exchange(target_.broken, 0);
    undelivered_->in_flight = target_.in_flight;
  }
  void leave_one(std::uint32_t number) {
    undelivered_->reason = sink::DropReason::no_space;
    undelivered_->records.push_back(number);
  }

  Target& target_;
  std::vector<record::Field> fields_;
};

}  // namespace logsniffd::test
