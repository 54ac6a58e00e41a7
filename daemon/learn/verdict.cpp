#include "daemon/learn/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "daemon/learn/plural.hpp"

namespace logsniffd::learn {
namespace {

constexpr std::uint64_t kMostRepeated = 100;

// Nearly all: nineteen of twenty.
bool nearly_all(std::uint64_t part, std::uint64_t whole) { return part * 20 >= whole * 19; }

constexpr bool proves_log(record::Decode as) {
  return as == record::Decode::syslog || as == record::Decode::gelf || as == record::Decode::python ||
         as == record::Decode::netconsole;
}

// The decoding of nearly all records; automatic: there is none.
record::Decode decoding_of(const Side& side) {
  for (const auto& [word, as] : record::kDecodes) {
    if (side.count(as) > 0 && nearly_all(side.count(as), side.records)) return as;
  }
  return record::Decode::automatic;
}

std::uint64_t records_of_logs(const Side& side) {
  std::uint64_t count = 0;
  for (const auto& [word, as] : record::kDecodes) count += proves_log(as) ? side.count(as) : 0;
  return count;
}

// The protocol that at least half of the streams and datagrams of both sides, or of one side, began with.
Protocol protocol_of(const PortFindings& port) {
  for (const Side* side : {&port.to, &port.from}) {
    for (std::size_t i = 1; i < side->recognized.size(); ++i) {
      if (side->recognized[i] > 0 && side->recognized[i] * 2 >= side->beginnings()) return static_cast<Protocol>(i);
    }
  }
  return Protocol::unknown;
}

Verdict not_a_log(Kind kind, std::string reason) {
  Verdict verdict;
  verdict.kind = kind;
  verdict.reason = std::move(reason);
  return verdict;
}

std::optional<Verdict> judge_protocol(const PortFindings& port) {
  const Protocol protocol = protocol_of(port);
  if (protocol == Protocol::unknown) return std::nullopt;
  const auto at = static_cast<std::size_t>(protocol);
  const std::uint64_t count = port.to.recognized[at] + port.from.recognized[at];
  const std::string what =
      fmt::format("{} of {} {} begin as {} does", count, port.to.beginnings() + port.from.beginnings(),
                  port.transport == Transport::tcp ? "streams" : "datagrams", name_of(protocol));
  if (protocol == Protocol::tls) {
    const bool syslog = port.port == 6514;
    return not_a_log(Kind::encrypted, what + (syslog ? "; the port is that of syslog over TLS" : ""));
  }
  if (carries_logs(protocol)) {
    return not_a_log(Kind::unsupported_log, fmt::format("{}; it carries logs, but logsniffd does not read it", what));
  }
  return not_a_log(Kind::protocol, what);
}

std::optional<Verdict> judge_foreign(const Side& side) {
  const std::uint64_t foreign = std::accumulate(side.foreign.begin(), side.foreign.end(), std::uint64_t{0});
  if (foreign == 0 || foreign * 2 < side.streams) return std::nullopt;
  const auto most =
      static_cast<std::size_t>(std::max_element(side.foreign.begin(), side.foreign.end()) - side.foreign.begin());
  if (static_cast<framing::Foreign>(most) == framing::Foreign::tls) {
    return not_a_log(Kind::encrypted, fmt::format("{} of {} streams are TLS", side.foreign[most], side.streams));
  }
  return not_a_log(Kind::binary, fmt::format("{} of {} streams are {}", side.foreign[most], side.streams,
                                             most == 1 ? "serialized Java objects" : "binary data"));
}

std::optional<Verdict> judge_content(const PortFindings& port, const Side& side) {
  if (side.records == 0) {
    return not_a_log(side.chunks > 0 ? Kind::unproved : Kind::binary,
                     side.chunks > 0 ? "chunks of GELF came, but no whole message"
                                     : fmt::format("{} bytes hold no record", side.bytes));
  }
  const std::uint64_t good = std::max(side.text_records, records_of_logs(side) + side.count(record::Decode::json));
  if (!nearly_all(good, side.records)) {
    return not_a_log(Kind::binary, fmt::format("only {} of {} records are text", side.text_records, side.records));
  }
  // The NULs of binary integers look like delimiters.
  const bool nuls = side.proved[static_cast<std::size_t>(framing::Evidence::nul)] > 0;
  if (nuls && side.empty_records * 2 >= side.records) {
    return not_a_log(Kind::binary,
                     fmt::format("{} of {} records between NULs are empty", side.empty_records, side.records));
  }
  const bool proved = nearly_all(records_of_logs(side), side.records);
  const bool json = nearly_all(side.count(record::Decode::json) + records_of_logs(side), side.records);
  const std::uint64_t answer = side.bytes > 0 ? (&side == &port.to ? port.from.bytes : port.to.bytes) : 0;
  // Receivers of logs are silent. Where the format proves a log, some words back do not change that.
  const std::uint64_t tolerated = proved ? side.bytes / 4 : json ? side.bytes / 100 : 0;
  if (answer > tolerated) {
    return not_a_log(Kind::conversation, fmt::format("both sides send: {} bytes to the port and {} bytes back",
                                                     port.to.bytes, port.from.bytes));
  }
  if (proved) return std::nullopt;
  if (is_known_service(port.port)) {
    return not_a_log(Kind::unproved,
                     "it is text, but the port is registered for something else, and no format of logs shows");
  }
  if (&side == &port.from) {
    return not_a_log(Kind::unproved, "the port sends text, and nothing is sent to it: a download looks the same");
  }
  if (side.records >= kMostRepeated && nearly_all(side.repeated, side.records)) {
    return not_a_log(Kind::unproved, fmt::format("{} of {} records are the same, as a benchmark sends them",
                                                 side.repeated, side.records));
  }
  if (side.records < 2) return not_a_log(Kind::unproved, "it is one record of text, which proves nothing");
  return std::nullopt;
}

struct Cut {
  std::string word;
  std::string_view proof;
};

Cut cut_by(framing::Evidence evidence) {
  using framing::Evidence;
  const std::string_view proof = framing::kEvidenceNames[static_cast<std::size_t>(evidence)];
  switch (evidence) {
    case Evidence::count:
    case Evidence::later_count:
    case Evidence::count_chain:
      return {"octet", proof};
    case Evidence::priority:
    case Evidence::line_feed:
    case Evidence::no_delimiter:
      return {"lines", proof};
    case Evidence::nul:
      return {"nul", proof};
    case Evidence::length_4_big:
    case Evidence::length_4_little:
    case Evidence::length_2_big:
    case Evidence::length_2_little:
      return {"length", proof};
    case Evidence::json_row:
    case Evidence::header_row:
      break;
  }
  return {"auto", proof};  // no other method cuts these
}

// How the streams are cut: the word that all proofs agree on, or auto. A stream that turns to counting later counts
// twice, and octet counting reads its lines as well.
void judge_streams(const Side& side, Verdict& verdict) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < side.proved.size(); ++i) {
    if (side.proved[i] == 0) continue;
    const Cut cut = cut_by(static_cast<framing::Evidence>(i));
    verdict.evidence.push_back(fmt::format("{} showed {}", plural(side.proved[i], "stream"), cut.proof));
    if (std::find(words.begin(), words.end(), cut.word) == words.end()) words.push_back(cut.word);
  }
  const std::uint64_t later = side.proved[static_cast<std::size_t>(framing::Evidence::later_count)];
  if (later > 0) std::erase(words, "lines");
  verdict.framing = words.size() == 1 ? words.front() : "auto";
  if (words.size() > 1) verdict.warnings.emplace_back("the streams are not all cut alike");
}

void judge_datagrams(const Side& side, Verdict& verdict) {
  verdict.framing = "datagram";
  if (side.datagrams_of_records > 0 && side.datagrams_of_lines == 0) {
    verdict.split = true;
    verdict.evidence.push_back(fmt::format("{} of {} hold several lines, each of which begins like a record",
                                           side.datagrams_of_records, plural(side.datagrams, "datagram")));
  } else if (side.datagrams > side.chunks) {
    verdict.evidence.push_back(fmt::format("{} with a record each", plural(side.datagrams - side.chunks, "datagram")));
  }
  if (side.chunks > 0) verdict.evidence.push_back(fmt::format("{} of GELF messages", plural(side.chunks, "chunk")));
  if (side.cut_datagrams > 0) {
    verdict.warnings.push_back(fmt::format("the snapshot length cut {}", plural(side.cut_datagrams, "datagram")));
  }
}

void judge_joining(const Side& side, Verdict& verdict) {
  constexpr std::uint64_t kLeastTrace = 2;
  constexpr std::uint64_t kLeastIndented = 3;
  if (verdict.framing != "lines" && verdict.framing != "nul") return;
  if (side.trace_lines >= kLeastTrace) {
    verdict.joining = framing::JoinMode::traceback;
    verdict.evidence.push_back(fmt::format("{} of {} lines are parts of stack traces", side.trace_lines, side.records));
  } else if (side.indented_lines >= kLeastIndented && side.indented_lines * 20 >= side.records) {
    verdict.joining = framing::JoinMode::indent;
    verdict.evidence.push_back(fmt::format("{} of {} lines begin with a blank and continue the line before",
                                           side.indented_lines, side.records));
  }
}

void judge_decoding(const Side& side, Verdict& verdict) {
  const record::Decode as = decoding_of(side);
  verdict.decode = words_of(record::kDecodes)[static_cast<std::size_t>(as)];
  for (const auto& [word, each] : record::kDecodes) {
    if (side.count(each) == 0) continue;
    verdict.evidence.push_back(
        fmt::format("{} of {} decoded as {}", side.count(each), plural(side.records, "record"), word));
  }
  if (as == record::Decode::automatic) verdict.warnings.emplace_back("the records are not all in one format");
}

}  // namespace

Verdict judge(const PortFindings& port) {
  const bool to = port.to.bytes > 0;
  const Side& side = to ? port.to : port.from;
  if (auto other = judge_protocol(port)) return *other;
  if (auto other = judge_foreign(side)) return *other;
  if (auto other = judge_content(port, side)) return *other;

  Verdict verdict;
  verdict.kind = Kind::log;
  verdict.direction = to ? filter::Direction::to : filter::Direction::from;
  if (port.transport == Transport::tcp) {
    judge_streams(side, verdict);
  } else {
    judge_datagrams(side, verdict);
  }
  judge_decoding(side, verdict);
  judge_joining(side, verdict);
  if (!to) verdict.warnings.emplace_back("the port sends the records itself");
  if (port.transport == Transport::tcp && to && !port.answered) {
    verdict.warnings.emplace_back("only one direction was captured: whether the port answers is unknown");
  }
  if (side.missing_bytes > 0) {
    verdict.warnings.push_back(fmt::format("{} bytes are missing in the capture", side.missing_bytes));
  }
  return verdict;
}

}  // namespace logsniffd::learn
