// Many records copied once, from their packets into one arena, to be handed to the sinks.
//
// A batch is filled by one capture worker, then published. From then on it is immutable, and any number of sink workers
// may read it at the same time.
//
// LAYOUT  messages lie end to end, each followed by LF, so that those of neighbouring records can be written as one
//         piece (see message_run). Attributes (host, fields, ...) lie in an arena of their own, for the records that
//         have some.
// BOUNDS  full() says when the text arena has reached kTextBytes. A larger record makes a batch of its own.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/record/log_record.hpp"

namespace logsniffd::record {

// One bit for each sink: bit i is the sink with index i.
using SinkMask = std::uint64_t;
inline constexpr unsigned kMaxSinks = 64;

// Names of the filters, by RecordHeader::filter. Immutable for the life of the batches that refer to it.
using FilterNames = std::vector<std::string>;

struct RecordHeader {
  static constexpr std::uint8_t kNone = 0xff;

  PacketTime captured_at;
  SinkMask sinks;  // the sinks that get this record
  Flow flow;
  std::array<char, 16> interface;   // NUL-terminated (IFNAMSIZ)
  std::uint32_t message_offset;     // into the text arena
  std::uint32_t message_length;     // without the LF after it
  std::uint32_t attributes_offset;  // into the attribute arena
  std::uint32_t attributes_length;  // 0: no attributes
  std::uint16_t filter;
  Integrity integrity;
  std::uint8_t severity;  // kNone: unknown
  std::uint8_t facility;  // kNone: unknown

  // Constructed in place, in one pass: filling an empty header later, or copying one, costs half of what append() does.
  RecordHeader(const LogRecord& record, std::uint16_t by, SinkMask to, std::size_t text_at, std::size_t attributes_at);
  RecordHeader(const BareOrigin& origin, std::uint16_t by, SinkMask to, std::size_t text_at, std::size_t size)
      : captured_at(origin.captured_at),
        sinks(to),
        flow(origin.flow),
        interface(origin.interface),
        message_offset(static_cast<std::uint32_t>(text_at)),
        message_length(static_cast<std::uint32_t>(size)),
        attributes_offset(0),
        attributes_length(0),
        filter(by),
        integrity(origin.integrity),
        severity(kNone),
        facility(kNone) {}
};

class RecordBatch {
 public:
  static constexpr std::size_t kTextBytes = 256 * 1024;

  RecordBatch();

  // Filling: the capture worker, before publication.
  void begin(std::shared_ptr<const FilterNames> filters);  // empties it; keeps the memory
  void append(const LogRecord& record, std::uint16_t filter, SinkMask sinks);
  // The lines of `run`, each followed by LF, and their sizes without it.
  void append(const BareOrigin& origin, std::string_view run, std::span<const std::uint32_t> sizes,
              std::uint16_t filter, SinkMask sinks) {
    std::size_t begin = text_.size();
    for (const std::uint32_t size : sizes) {
      headers_.emplace_back(origin, filter, sinks, begin, size);
      begin += size + std::size_t{1};
    }
    text_.append(run);
    add_to_all(sinks);
  }
  // Routes the last message again, to further sinks under another filter's name. Copies no text.
  void append_again(std::uint16_t filter, SinkMask sinks);
  [[nodiscard]] bool full() const { return text_.size() >= kTextBytes; }
  [[nodiscard]] SinkMask sinks() const { return sinks_; }  // the union over all records
  // Copies a partly filled batch at its exact size, so that a queue of small batches costs what they hold.
  [[nodiscard]] std::unique_ptr<RecordBatch> compact_copy() const;

  // Reading: any thread, after publication.
  [[nodiscard]] std::size_t size() const { return headers_.size(); }
  [[nodiscard]] bool empty() const { return headers_.empty(); }
  [[nodiscard]] const RecordHeader& header(std::size_t i) const { return headers_[i]; }
  [[nodiscard]] std::string_view message(std::size_t i) const;
  [[nodiscard]] std::string_view filter_name(std::size_t i) const { return (*filters_)[headers_[i].filter]; }
  [[nodiscard]] const FilterNames& filter_names() const { return *filters_; }
  // Restores the whole record. `scratch` holds its fields and must outlive the result.
  [[nodiscard]] LogRecord record(std::size_t i, std::vector<Field>& scratch) const;
  // The messages of records [first, result.next), each with its LF, as one contiguous piece: the longest unbroken run
  // from `first` on in which every record goes to `sink`. REQUIRED: `first` goes to `sink`.
  struct Run {
    std::string_view text;
    std::size_t next;
  };
  [[nodiscard]] Run message_run(std::size_t first, unsigned sink) const;
  [[nodiscard]] std::uint64_t count_for(unsigned sink) const;
  [[nodiscard]] std::size_t memory_bytes() const;  // what it holds, for byte budgets

 private:
  void append_attributes(const LogRecord& record);
  void add_to_all(SinkMask sinks) {
    sinks_ |= sinks;
    sinks_of_all_ &= sinks;
  }

  std::vector<RecordHeader> headers_;
  std::string text_;
  std::string attributes_;
  SinkMask sinks_ = 0;
  SinkMask sinks_of_all_ = ~SinkMask{0};        // the sinks that get every record
  std::shared_ptr<const FilterNames> filters_;  // shared, because batches outlive the configuration that made them
};

}  // namespace logsniffd::record
