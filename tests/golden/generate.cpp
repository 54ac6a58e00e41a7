// Writes the input of every condition, or verifies the committed inputs.
//
//   golden_inputs FOLDER           writes FOLDER/<condition>/input.pcap for every condition
//   golden_inputs --check FOLDER   writes nothing; exits with 1 and names what differs, is missing or has no generator
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "tests/golden/conditions.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::golden {
namespace {

namespace fs = std::filesystem;

std::vector<Condition> all_conditions() {
  std::vector<Condition> all;
  for (const auto table :
       {order_conditions(), hole_conditions(), odd_segment_conditions(), connection_conditions(), end_conditions(),
        framing_conditions(), protocol_conditions(), netconsole_conditions(), sender_conditions(), packet_conditions(),
        link_conditions(), file_conditions(), routing_conditions()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

void write(const Condition& condition, const fs::path& folder) {
  const FileBytes input = condition.input();
  fs::create_directories(folder / condition.name);
  test::write_file(folder / condition.name / condition.file, std::string(as_text(input)));
}

int complain(const fs::path& path, const char* what) {
  std::fprintf(stderr, "%s: %s\n", path.c_str(), what);
  return 1;
}

int check(const Condition& condition, const fs::path& folder) {
  const fs::path path = folder / condition.name / condition.file;
  if (test::read_file(path) == as_text(condition.input())) return 0;
  return complain(path, "is not what golden_inputs writes");
}

// Every capture file in `folder` must have a generator.
int check_for_others(const std::vector<Condition>& conditions, const fs::path& folder) {
  std::set<fs::path> known;
  for (const Condition& condition : conditions) known.insert(folder / condition.name / condition.file);
  int problems = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const bool capture = entry.path().filename().string().starts_with("input.");
    if (capture && !known.contains(entry.path())) problems += complain(entry.path(), "no function writes it");
  }
  return problems;
}

int run(const std::string& mode, const fs::path& folder) {
  const std::vector<Condition> conditions = all_conditions();
  int problems = 0;
  for (const Condition& condition : conditions) {
    if (mode == "--check") {
      problems += check(condition, folder);
    } else {
      write(condition, folder);
    }
  }
  if (mode == "--check") problems += check_for_others(conditions, folder);
  return problems == 0 ? 0 : 1;
}

}  // namespace
}  // namespace logsniffd::golden

int main(int argc, char** argv) {
  const std::string mode = argc == 3 ? argv[1] : "";
  if (argc != 2 && mode != "--check") {
    std::fprintf(stderr, "usage: golden_inputs [--check] FOLDER\n");
    return 2;
  }
  return logsniffd::golden::run(mode, argv[argc - 1]);
}
