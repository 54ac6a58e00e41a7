// Connections as senders fill them: every framing, cut into segments anywhere, joined from the start or inside a
// record.
//
// The same kind and seed give the same connection, on every machine.
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
  std::string frame;  // what a framer must give out
};

// How many complete records prove where they begin and end.
struct Proof {
  std::size_t from_start;  // so many, where the capture saw the connection begin
  std::size_t late;        // so many behind the record that the capture began in
  std::size_t late_loss;   // of these, the first ones that may be needed as proof and be lost or marked
};

struct ConnectionKind {
  const char* name;
  std::vector<SentRecord> (*make)(Random&, std::size_t count);
  Proof proof;
  std::size_t delimiter_bytes = 0;  // behind each record, which the last one may miss
  bool one_a_segment = false;       // a record is a segment, as its sender's write() made it
  bool open_end = false;            // nothing in the bytes says that the last record is complete
  bool may_be_late = true;
};

// A row of the table each.
[[nodiscard]] std::span<const ConnectionKind> connection_kinds();

struct Connection {
  std::vector<std::string> segments;
  std::vector<std::string> sent;  // frames of the records that are in the segments from their first byte on
  std::string cut_record;         // what is there of the record that the capture began in
  bool late = false;              // the segments begin inside a record, which is none of `sent`
  bool open_end = false;          // the last record's end does not show: it may be marked
  // From sent[proven] on everything has to be right; sent.size(): there is too little for a proof.
  std::size_t proven = 0;

  [[nodiscard]] bool provable() const { return proven < sent.size(); }
  [[nodiscard]] std::string stream() const;
};

[[nodiscard]] Connection make_connection(const ConnectionKind& kind, std::uint32_t seed);

// From its start, `count` records, all complete.
struct LongConnection {
  std::vector<std::string> segments;
  std::vector<std::string> sent;
  std::vector<std::size_t> ends;  // of each record in the stream
};
[[nodiscard]] LongConnection make_long_connection(const ConnectionKind& kind, std::uint32_t seed, std::size_t count);

// Messages as loggers write them (sample_messages.cpp). `number` is in each and tells it from the others.
enum class Style : std::uint8_t { rfc3164, rfc5424, json, plain };
[[nodiscard]] std::size_t below(Random& random, std::size_t bound);
[[nodiscard]] Style any_style(Random& random);
[[nodiscard]] Style syslog_style(Random& random);
[[nodiscard]] std::string words(Random& random, std::size_t number);
// `text` is what the message says: words() or what a kind wants to be in it, without `"`, `\` and control characters.
[[nodiscard]] std::string message(Random& random, Style style, std::size_t number, const std::string& text);
[[nodiscard]] std::string message(Random& random, Style style, std::size_t number);
// As Python's SocketHandler pickles it, protocol 1.
[[nodiscard]] std::string pickle(Random& random, std::size_t number);

}  // namespace logsniffd::framing
