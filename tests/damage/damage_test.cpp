// Damages each capture of the golden set in every way (damage.hpp), and compares the output with that of the
// undamaged capture (comparison.hpp).
//
//   damage_test FOLDER...
//
// One process does all: some 78,000 runs, fewer under a sanitizer. It prints each finding once for neighbouring cuts,
// and exits with 1 if there is one. It skips captures larger than kMostCaptured, which would take as many runs as
// they have bytes.

#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "tests/damage/comparison.hpp"
#include "tests/support/sanitized.hpp"

namespace logsniffd::damage {
namespace {

constexpr std::size_t kMostCaptured = 16 * 1024;  // bytes of all packets

#if LOGSNIFFD_ADDRESS_SANITIZER
constexpr std::size_t kEachCut = 8;  // all of them would take minutes
#else
constexpr std::size_t kEachCut = 1;
#endif

// Packets without which different records are right.
struct Exception {
  const char* condition;
  std::size_t packet;
  const char* why;
};
constexpr std::size_t kAny = SIZE_MAX;
constexpr Exception kExceptions[] = {
    {"exception-with-several-lines", kAny, "the connection ends inside an exception, whose lines so far prove nothing"},
    {"gelf-gzip", 0, "what cannot be inflated is told in a sentence of the daemon's own"},
    {"nul-inside-a-line", 3, "a NUL that is the last byte ends its record as far as anybody can see"},
    {"nul-inside-a-line", 13, "a NUL that is the last byte ends its record as far as anybody can see"},
    {"nul-inside-a-line", 21, "a NUL that is the last byte ends its record as far as anybody can see"},
    {"octet-count-one-too-high", kAny, "a digit in front of the damage may be the message's or the next count's"},
    {"proxy-header", 11, "without its beginning a binary header is binary data, and its first bytes are empty lines"},
    {"proxy-header", 28, "the first bytes of a binary header are empty lines"},
    {"syslog-without-delimiter", kAny, "the end of the connection and silence end a message, wherever they come"},
    {"acknowledged-hole", 4,
     "it lies behind the hole; without it the hole is not given up, and the late copy fills it"},
    {"acknowledged-hole", 5,
     "its acknowledgement says that the hole is for good; without it the late copy fills the hole"},
    {"late-after-gap", 4, "its time ends the wait for the hole; without it the late copy fills the hole"},
    {"late-after-gap", 6, "it is late, and its loss is told by the next record"},
    {"far-segment-ignored", 5, "a stray, whose loss is told by the next record"},
    {"far-segment-ignored", 6, "without its time the stray is let go later, and told later"},
    {"evicted-connection", 3, "it opens one connection more than limits.connections; which one goes depends on it"},
    {"evicted-connection", 15, "it opens one connection more than limits.connections; which one goes depends on it"},
    {"retransmit-with-different-payload", 3, "the copy that counts because it came first"},
    {"retransmit-with-different-payload", 5, "the copy that counts because it came first"},
    {"retransmit-with-different-payload", 6, "the copy that differs, without which there is no conflict"},
    {"netconsole-continuation", 5,
     "its record is given out before a number tells that the line may have gone on in what is missing"},
    {"netconsole-extended", 1, "it is cut inside an escape, of which what is left is shown as it is"},
    {"truncated-packet-then-retransmission", 3,
     "it is cut, and what it lacks is known to be missing; the copy is whole"},
    {"truncated-packet-then-retransmission", 4,
     "it is cut, and what it lacks is known to be missing; the copy is whole"},
};

bool is_exception(const std::string& condition, const Damage& damage, Fault fault) {
  if (fault != Fault::false_whole && fault != Fault::false_text && fault != Fault::elsewhere && fault != Fault::behind)
    return false;
  return std::any_of(std::begin(kExceptions), std::end(kExceptions), [&](const Exception& exception) {
    return condition == exception.condition && (exception.packet == kAny || damage.packet == exception.packet);
  });
}

// Reports neighbouring cuts of one packet with the same fault only once.
class Report {
 public:
  explicit Report(std::string condition) : condition_(std::move(condition)) {}

  void add(const Damage& damage, const Finding& finding) {
    if (is_exception(condition_, damage, finding.fault)) return;
    Entry& entry = entries_[{damage.packet, damage.kind, finding.fault}];
    if (entry.count++ == 0) {
      entry.first = damage.kept;
      entry.example = finding.detail;
    }
    entry.last = damage.kept;
  }
  void print() const {
    for (const auto& [key, entry] : entries_) {
      const auto& [packet, kind, fault] = key;
      std::printf("%s: packet %zu %s", condition_.c_str(), packet, to_string(kind).c_str());
      if (kind != Damage::Kind::removed) std::printf(" at %zu..%zu", entry.first, entry.last);
      std::printf(": %s (%zu): %s\n", to_string(fault).c_str(), entry.count, entry.example.c_str());
    }
  }
  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    std::size_t count = 0;
    std::size_t first = 0;
    std::size_t last = 0;
    std::string example;
  };

  std::string condition_;
  std::map<std::tuple<std::size_t, Damage::Kind, Fault>, Entry> entries_;
};

int run(const std::vector<std::string>& folders) {
  std::size_t runs = 0;
  std::size_t left_out = 0;
  std::size_t faulty = 0;
  std::size_t unknown = 0;
  for (const std::string& folder : folders) {
    const auto condition = Condition::load(folder);
    if (!condition) {
      std::fprintf(stderr, "%s\n", condition.error().message().c_str());
      return 2;
    }
    if (condition->captured_bytes() > kMostCaptured) {
      std::printf("%s: left out, its packets have %zu bytes\n", condition->name().c_str(), condition->captured_bytes());
      ++left_out;
      continue;
    }
    const Reference reference(*condition);
    unknown += reference.unknown_texts();
    Report report(condition->name());
    for (const Damage& damage : every_damage(condition->packets())) {
      if (damage.kept % kEachCut != 0) continue;
      StoredPacket changed;
      const Outcome outcome = condition->run(apply(damage, condition->packets(), changed));
      for (const Finding& finding : reference.compare(damage, outcome)) report.add(damage, finding);
      ++runs;
    }
    report.print();
    if (!report.empty()) ++faulty;
  }
  std::printf("%zu captures, %zu left out; damaged in %zu ways; %zu captures with findings\n", folders.size(), left_out,
              runs, faulty);
  std::printf("%zu flows whose records are not found in their payloads: there any record may be touched\n", unknown);
  return faulty == 0 && runs > 0 ? 0 : 1;
}

}  // namespace
}  // namespace logsniffd::damage

int main(int argc, char** argv) {
  ::mallopt(M_MMAP_THRESHOLD, 1 << 30);  // otherwise each run would map and unmap its pipeline's tables
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  return logsniffd::damage::run({argv + 1, argv + argc});
}
