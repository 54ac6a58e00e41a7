#include "daemon/learn/lesson.hpp"

#include <fmt/format.h>

namespace logsniffd::learn {

Lesson learn_from(Findings findings) {
  Lesson lesson;
  lesson.packets = findings.packets;
  lesson.unfollowed = findings.unfollowed;
  lesson.seconds = findings.seconds;
  for (PortFindings& port : findings.ports) {
    Verdict verdict = judge(port);
    lesson.ports.push_back({std::move(port), std::move(verdict)});
  }
  return lesson;
}

std::string filter_name(const Lesson::Port& port) {
  const std::string& decode = port.verdict.decode;
  return fmt::format("{}-{}-{}", decode == "auto" ? "mixed" : decode, to_string(port.findings.transport),
                     port.findings.port);
}

}  // namespace logsniffd::learn
