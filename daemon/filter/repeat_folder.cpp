#include "daemon/filter/repeat_folder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace logsniffd::filter {
namespace {

bool says_the_same(const record::LogRecord& a, const record::LogRecord& b) {
  const auto equal = [](const record::Field& x, const record::Field& y) {
    return x.name == y.name && x.value == y.value;
  };
  return a.message == b.message && a.severity == b.severity && a.facility == b.facility && a.host == b.host &&
         a.app == b.app && a.msgid == b.msgid &&
         std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(), equal);
}

}  // namespace

RepeatFolder::Run& RepeatFolder::run_of(std::uint16_t filter, const record::LogRecord& record, NoteObserver& observer) {
  key_.assign({static_cast<char>(filter), static_cast<char>(filter >> 8)});
  key_ += as_text(record.flow.src.address.bytes());
  key_ += record.host;
  key_ += '\0';
  key_ += record.app;
  if (const auto found = runs_.find(key_); found != runs_.end()) return found->second;
  if (runs_.size() >= kSenders) forget(by_silence_.front(), observer);
  const auto added = runs_.try_emplace(key_).first;
  Run& run = added->second;
  run.key = &added->first;
  run.filter = filter;
  by_silence_.push_back(run);
  held_bytes_ += key_.size() + run.last.memory_bytes();
  return run;
}

bool RepeatFolder::folds(std::uint16_t filter, Duration window, const record::LogRecord& record, std::uint32_t stream,
                         PacketTime now, NoteObserver& observer) {
  Run& run = run_of(filter, record, observer);
  const record::LogRecord& last = run.last.record();
  const bool repeats = run.heard_at >= now - window && record.integrity == Integrity::whole &&
                       last.integrity == Integrity::whole && says_the_same(last, record);
  if (repeats) {
    if (run.repetitions > 0) --waiting_by_stream_[run.stream % waiting_by_stream_.size()];
    ++waiting_by_stream_[stream % waiting_by_stream_.size()];
    if (run.repetitions++ == 0) {
      ++waiting_;
      run.due = now + window;
      next_due_ = std::min(next_due_, run.due);
    }
    run.stream = stream;
  } else {
    write(run, observer);
  }
  keep(run, record, now, observer);
  return repeats;
}

void RepeatFolder::keep(Run& run, const record::LogRecord& record, PacketTime now, NoteObserver& observer) {
  run.heard_at = now;
  by_silence_.splice(by_silence_.end(), by_silence_, Runs::s_iterator_to(run));
  held_bytes_ -= run.last.memory_bytes();
  run.last.assign(record);
  held_bytes_ += run.last.memory_bytes();
  while (held_bytes_ > kBytes && &by_silence_.front() != &run) forget(by_silence_.front(), observer);
}

void RepeatFolder::write(Run& run, NoteObserver& observer) {
  if (run.repetitions == 0) return;
  record::LogRecord note = run.last.record();
  const std::string text =
      fmt::format("message repeated {} time{}: [{}]", run.repetitions, run.repetitions == 1 ? "" : "s", note.message);
  const std::string count = std::to_string(run.repetitions);
  std::vector<record::Field> fields(note.fields.begin(), note.fields.end());
  if (fields.size() < record::kMaxFields) fields.push_back({"repeated", count});
  note.message = text;
  note.fields = fields;
  run.repetitions = 0;
  --waiting_by_stream_[run.stream % waiting_by_stream_.size()];
  if (--waiting_ == 0) next_due_ = PacketTime::max();
  observer.on_note(run.filter, note);
}

void RepeatFolder::forget(Run& run, NoteObserver& observer) {
  write(run, observer);
  held_bytes_ -= run.key->size() + run.last.memory_bytes();
  by_silence_.erase(Runs::s_iterator_to(run));
  runs_.erase(runs_.find(*run.key));
}

void RepeatFolder::end_stream(std::uint32_t stream, NoteObserver& observer) {
  if (waiting_by_stream_[stream % waiting_by_stream_.size()] == 0) return;
  for (Run& run : by_silence_) {
    if (run.stream == stream) write(run, observer);
  }
}

void RepeatFolder::expire(PacketTime now, NoteObserver& observer) {
  if (now < next_due_) return;
  next_due_ = PacketTime::max();
  for (Run& run : by_silence_) {
    if (run.repetitions == 0) continue;
    if (run.due <= now) {
      write(run, observer);
    } else {
      next_due_ = std::min(next_due_, run.due);
    }
  }
}

std::optional<PacketTime> RepeatFolder::due() const {
  if (waiting_ == 0) return std::nullopt;
  return next_due_;
}

void RepeatFolder::finish(NoteObserver& observer) {
  while (!by_silence_.empty()) forget(by_silence_.front(), observer);
}

}  // namespace logsniffd::filter
