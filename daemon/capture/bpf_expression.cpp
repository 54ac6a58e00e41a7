#include "daemon/capture/bpf_expression.hpp"

#include <array>

#include <fmt/format.h>

#include "daemon/capture/pcap_handle.hpp"

namespace logsniffd::capture {
namespace {

// Ethernet comes first, because its words explain an error best. The others know words that Ethernet does
// not (ifindex).
constexpr std::array kCheckedTypes = {LinkType::ethernet, LinkType::linux_sll2, LinkType::linux_sll, LinkType::raw};

// A file can name 65,536 link types; real ones hold one or two.
constexpr std::size_t kMaxPrograms = 16;

ProgramPtr compile_for(LinkType type, const std::string& expression) {
  const PcapPtr handle = open_dead(type);
  if (!handle) return nullptr;
  Expected<ProgramPtr> program = compile(handle.get(), expression);
  return program ? std::move(*program) : nullptr;
}

}  // namespace

Status check_expression(const std::string& expression) {
  std::string words;
  for (const LinkType type : kCheckedTypes) {
    const PcapPtr handle = open_dead(type);
    if (!handle) return fail(Error::runtime("not enough memory to compile the filter expression"));
    const Expected<ProgramPtr> program = compile(handle.get(), expression);
    if (program) return {};
    if (words.empty()) words = program.error().message();
  }
  return fail(
      Error::usage(fmt::format("'{}' is not a valid filter expression: {}; see pcap-filter(7)", expression, words)));
}

struct BpfExpression::State {
  struct Compiled {
    LinkType type;
    ProgramPtr program;  // empty: the expression has no meaning for this link type
  };

  std::string expression;
  std::vector<Compiled> compiled;
  std::size_t last = 0;    // where the previous packet's program was
  std::size_t oldest = 0;  // the one to replace when all kMaxPrograms are taken

  const bpf_program* program_for(LinkType type) {
    if (last < compiled.size() && compiled[last].type == type) return compiled[last].program.get();
    for (last = 0; last < compiled.size(); ++last) {
      if (compiled[last].type == type) return compiled[last].program.get();
    }
    Compiled made{type, compile_for(type, expression)};
    if (compiled.size() < kMaxPrograms) {
      compiled.push_back(std::move(made));
    } else {
      last = oldest;
      oldest = (oldest + 1) % kMaxPrograms;
      compiled[last] = std::move(made);
    }
    return compiled[last].program.get();
  }
};

BpfExpression::BpfExpression(std::string expression) : state_(std::make_unique<State>()) {
  state_->expression = std::move(expression);
}
BpfExpression::BpfExpression(BpfExpression&&) noexcept = default;
BpfExpression& BpfExpression::operator=(BpfExpression&&) noexcept = default;
BpfExpression::~BpfExpression() = default;

bool BpfExpression::matches(const RawPacket& packet) {
  const bpf_program* program = state_->program_for(packet.link_type);
  return program != nullptr && capture::matches(*program, packet);
}

}  // namespace logsniffd::capture
