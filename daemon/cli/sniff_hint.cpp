#include "daemon/cli/sniff_hint.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdio>

#include "daemon/app/wall_clock.hpp"
#include "daemon/app/why.hpp"
#include "daemon/capture/file_source.hpp"
#include "daemon/survey/wire_survey.hpp"

namespace logsniffd::cli {
namespace {

constexpr Duration kLook = std::chrono::seconds(3);
constexpr Duration kViewWithin = std::chrono::seconds(1);
constexpr std::size_t kReadBudget = 1024;

// What a capture file holds; nullopt: it cannot be read a second time.
std::optional<survey::WireSurvey> survey_of(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  auto source = capture::FileSource::open(file, "");
  if (!source) return std::nullopt;
  survey::WireSurvey wire;
  while (wire.packets() < app::SurveyRun::kMaxPackets) {
    const auto read = (*source)->read(wire, kReadBudget);
    if (!read || *read != capture::ReadStatus::more) break;
  }
  return wire;
}

}  // namespace

Status SniffHint::watch() {
  auto looked = loop_.add_notifier([this] { tell_after_look(); });
  if (!looked) return fail(std::move(looked.error()));
  looked_ = std::move(*looked);
  auto timer = loop_.add_after(kAfter, [this] { look_at_wire(); });
  if (!timer) return fail(std::move(timer.error()));
  timer_ = std::move(*timer);
  return {};
}

// Without the look there is no hint: it is not worth an error.
void SniffHint::look_at_wire() {
  if (has_records()) return;
  if (has_expression_) return tell("nothing to show yet", nullptr, "");
  auto started = app::SurveyRun::start(kLook, [this] { looked_->notify(); });
  if (started) survey_ = std::move(*started);
}

void SniffHint::tell_after_look() {
  const auto survey = std::exchange(survey_, nullptr);
  if (survey && !has_records()) tell("nothing to show yet", &survey->wire(), "in 3 s");
}

void SniffHint::tell_at_end() {
  survey_.reset();
  if (told_ || has_records()) return;
  if (read_file_.empty() || has_expression_) return tell("nothing was shown", nullptr, "");
  const auto wire = survey_of(read_file_);
  tell("nothing was shown", wire ? &*wire : nullptr, "in " + read_file_);
}

void SniffHint::tell(const std::string& when, const survey::WireSurvey* wire, const std::string& span) {
  told_ = true;
  if (wire != nullptr && wire->packets() == 0 && !read_file_.empty()) {
    fmt::print(stderr, "logsniffd: {}: {} has no packets\n", when, read_file_);
    return;
  }
  const app::CollectorView view = collector_.look(kViewWithin);
  app::Subject subject;
  if (!collector_.config().filters.empty()) subject.filter = 0;
  PacketTime now = app::wall_now();
  // The packets of a file have their own time.
  if (!read_file_.empty() && view.capture && !view.capture->filters.empty()) {
    now = view.capture->filters[0].figures.last_bytes_at;
  }
  std::optional<app::Surveyed> surveyed;
  if (wire != nullptr) surveyed.emplace(app::Surveyed{*wire, span});
  const auto finding = app::find_cause(subject, {view, collector_.config(), {}, now}, surveyed ? &*surveyed : nullptr);
  if (finding) {
    fmt::print(stderr, "logsniffd: {}: {} ({})\n", when, finding->what, finding->figure);
  } else {
    fmt::print(stderr, "logsniffd: {}: {} packets were captured{}\n", when, view.ledger.pipeline.packets.received.get(),
               has_expression_ ? " through --filter" : "");
  }
}

}  // namespace logsniffd::cli
