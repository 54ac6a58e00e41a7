// The journal's catalog against the events: each has exactly one entry, which explains it by fields that it has.
#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <set>
#include <string>

#include "daemon/own_log/event.hpp"

namespace logsniffd::own_log {
namespace {

// Of each identifier, its entry.
std::multimap<std::string, std::string> catalog() {
  std::ifstream file(LOGSNIFFD_CATALOG);
  std::multimap<std::string, std::string> entries;
  auto entry = entries.end();
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("-- ")) {
      entry = entries.emplace(line.substr(3), "");
    } else if (entry != entries.end()) {
      entry->second += line + "\n";
    }
  }
  return entries;
}

std::string entry_of(const EventKind& kind) {
  const auto entries = catalog();
  const auto found = entries.find(std::string(kind.id));
  return found == entries.end() ? "" : found->second;
}

// "@A@ b @C@" -> A, C
std::set<std::string> placeholders(const std::string& text) {
  std::set<std::string> names;
  for (std::size_t begin = text.find('@'); begin != std::string::npos; begin = text.find('@', begin + 1)) {
    const std::size_t end = text.find('@', begin + 1);
    names.insert(text.substr(begin + 1, end - begin - 1));
    begin = end;
  }
  return names;
}

TEST(Catalog, HasOneEntryForEachEventAndNoOther) {
  std::multiset<std::string> documented;
  for (const auto& [id, text] : catalog()) documented.insert(id);
  std::multiset<std::string> events;
  for (const EventKind& kind : kEventKinds) events.insert(std::string(kind.id));
  EXPECT_EQ(documented, events);
  EXPECT_EQ(std::set<std::string>(events.begin(), events.end()).size(), kEvents);
}

TEST(Catalog, EntriesHaveASubjectAndAnExplanation) {
  for (const EventKind& kind : kEventKinds) {
    EXPECT_THAT(entry_of(kind),
                testing::MatchesRegex("Subject: [^\n]+\nDefined-By: logsniffd\nDocumentation: [^\n]+\n\n.+"))
        << kind.name;
  }
}

TEST(Catalog, ExplanationsUseTheFieldsOfTheirEvent) {
  for (const EventKind& kind : kEventKinds) {
    for (const std::string& name : placeholders(entry_of(kind))) {
      EXPECT_THAT(std::string(kind.fields), testing::HasSubstr(name)) << kind.name;
    }
  }
}

}  // namespace
}  // namespace logsniffd::own_log
