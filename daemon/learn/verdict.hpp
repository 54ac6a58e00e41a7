// What a port is taken for: a log, with the framing and the decoding that were proved, or something else.
//
// A port that is wrongly taken for a log is worse than one that is missed. So these must hold: no other protocol was
// recognized; nearly all records are text or in a format of logs; and the other side does not answer, or hardly. Text
// that nothing else proves to be a log must be more than one record, must not be answered at all, and must not be sent
// to a port that is registered for something else.
//
// Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/filter/flow_options.hpp"
#include "daemon/framing/join_mode.hpp"
#include "daemon/learn/findings.hpp"

namespace logsniffd::learn {

enum class Kind : std::uint8_t {
  log,
  unsupported_log,  // a protocol that carries logs and is not read
  encrypted,
  binary,
  protocol,      // another one
  conversation,  // both sides send
  unproved,      // text that may be a log, but nothing proves it
};
inline constexpr std::array<std::string_view, 7> kKindNames{"log",      "unsupported log", "encrypted", "binary",
                                                            "protocol", "conversation",    "unproved"};

struct Verdict {
  Kind kind = Kind::unproved;
  std::string reason = {};  // of everything but a log: why not

  // Of a log.
  filter::Direction direction = filter::Direction::to;
  std::string framing = {};  // the word of the configuration, or auto
  std::string decode = {};   // likewise
  bool split = false;        // each line of a datagram is a record
  std::optional<framing::JoinMode> joining = {};
  std::vector<std::string> evidence = {};  // a sentence each
  std::vector<std::string> warnings = {};  // likewise: what makes the verdict less certain

  [[nodiscard]] bool is_log() const { return kind == Kind::log; }
};

[[nodiscard]] Verdict judge(const PortFindings& port);

}  // namespace logsniffd::learn
