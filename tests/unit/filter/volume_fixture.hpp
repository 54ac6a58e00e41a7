// Records of senders at chosen times, and the notes that come of them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/filter/note_observer.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::filter {

inline constexpr PacketTime kStart{std::chrono::seconds(1'790'000'000)};

inline record::LogRecord said(std::string_view text, std::string_view sender = "192.0.2.1", std::string_view app = "") {
  record::LogRecord record;
  record.message = text;
  record.app = app;
  record.flow = {{*Address::parse(sender), 40000}, {*Address::parse("192.0.2.100"), 514}, Transport::udp};
  return record;
}

// Keeps the notes as "FILTER MESSAGE", and adds up the numbers in their fields.
class Notes final : public NoteObserver {
 public:
  void on_note(std::uint16_t filter, const record::LogRecord& note) override {
    texts.push_back(std::to_string(filter) + " " + std::string(note.message));
    last = {note.severity, std::string(note.app), note.flow};
    for (const record::Field& field : note.fields) {
      if (field.name == "repeated") repeated += std::stoull(std::string(field.value));
      if (field.name == "limited") limited += std::stoull(std::string(field.value));
    }
  }

  struct Origin {
    std::optional<record::Severity> severity;
    std::string app;
    Flow flow;
  };
  std::vector<std::string> texts;
  Origin last;
  std::uint64_t repeated = 0;
  std::uint64_t limited = 0;
};

}  // namespace logsniffd::filter
