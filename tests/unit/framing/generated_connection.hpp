// Connections as senders fill them: every framing, cut into segments anywhere, captured from the start or from
// inside a record.
//
// The same kind and seed give the same connection on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace logsniffd::framing {

using Random = std::mt19937;

struct SentRecord {
  std::string wire;   // with count, length and delimiter
  std::string frame;  // the expected output of a framer
};

// How many complete records prove where they begin and end.
struct Proof {
  std::size_t from_start;  // if the capture saw the start of the connection
  std::size_t late;        // after the record in which the capture began
  std::size_t late_loss;   // of these, the first that may be needed as proof and be lost or marked
};

struct ConnectionKind {
  const char* name;
  std::vector<SentRecord> (*make)(Random&, std::size_t count);
  Proof proof;
  std::size_t delimiter_bytes = 0;  // after each record; the last record may lack it
  bool one_a_segment = false;       // a segment is a record, as the sender's write() made it
  bool open_end = false;            // the bytes do not show that the last record is complete
  bool may_be_late = true;
};

// Each kind is a row of the table.
[[nodiscard]] std::span<const ConnectionKind> connection_kinds();

struct Connection {
  std::vector<std::string> segments;
  std::vector<std::string> sent;  // frames of the records whose first byte is in the segments
  std::string cut_record;         // the rest of the record in which the capture began
  bool late = false;              // the segments begin inside a record, which is not in `sent`
  bool open_end = false;          // the end of the last record does not show: it may be marked
  // Everything from sent[proven] on must be right. It is sent.size() if there is too little for a proof.
  std::size_t proven = 0;

  [[nodiscard]] bool provable() const { return proven < sent.size(); }
  [[nodiscard]] std::string stream() const;
};

[[nodiscard]] Connection make_connection(const ConnectionKind& kind, std::uint32_t seed);

// A connection from its start with `count` records, all complete.
struct LongConnection {
  std::vector<std::string> segments;
  std::vector<std::string> sent;
  std::vector<std::size_t> ends;  // of each record, as offsets in the stream
};
[[nodiscard]] LongConnection make_long_connection(const ConnectionKind& kind, std::uint32_t seed, std::size_t count);

// Messages as loggers write them (sample_messages.cpp). Each contains `number`, which identifies it.
enum class Style : std::uint8_t { rfc3164, rfc5424, json, plain };
[[nodiscard]] std::size_t below(Random& random, std::size_t bound);
[[nodiscard]] Style any_style(Random& random);
[[nodiscard]] Style syslog_style(Random& random);
[[nodiscard]] std::string words(Random& random, std::size_t number);
// `text` is what the message says: words(), or text that a kind needs, without `"`, `\` and control characters.
[[nodiscard]] std::string message(Random& random, Style style, std::size_t number, const std::string& text);
[[nodiscard]] std::string message(Random& random, Style style, std::size_t number);
// A pickle as Python's SocketHandler makes it, protocol 1.
[[nodiscard]] std::string pickle(Random& random, std::size_t number);

}  // namespace logsniffd::framing
