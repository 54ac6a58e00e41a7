// The completions of bash, zsh and fish offer each command exactly the options that the command line defines.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "daemon/cli/command.hpp"

namespace logsniffd::cli {
namespace {

using Names = std::set<std::string>;

std::string read(const std::string& name) {
  std::ifstream file(LOGSNIFFD_COMPLETIONS_DIR "/" + name);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

// What `group` of each match holds.
Names all(const std::string& text, const char* pattern, std::size_t group = 1) {
  const std::regex expression(pattern);
  Names found;
  for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match) {
    found.insert(match->str(group));
  }
  return found;
}

std::string first(const std::string& text, const std::string& pattern) {
  std::smatch match;
  EXPECT_TRUE(std::regex_search(text, match, std::regex(pattern))) << pattern;
  return match.empty() ? "" : match.str(1);
}

// The lines that have `part`.
std::string lines_with(const std::string& text, const std::string& part) {
  std::string found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(part) != std::string::npos) found += line + "\n";
  }
  return found;
}

Names words(const std::string& text) { return all(text, "(\\S+)"); }

class Completions : public testing::Test {
 protected:
  Completions() {
    add_commands(app_, action_);
    app_.set_version_flag("--version", std::string("as in main"));
    for (const CLI::App* command : app_.get_subcommands({})) commands_.insert(command->get_name());
  }

  // Empty: that of the program itself.
  const CLI::App& command(const std::string& name) { return name.empty() ? app_ : *app_.get_subcommand(name); }

  Names long_options(const std::string& name) {
    Names names;
    for (const CLI::Option* option : command(name).get_options()) {
      for (const std::string& each : option->get_lnames()) names.insert("--" + each);
    }
    return names;
  }
  Names all_options(const std::string& name) {
    Names names = long_options(name);
    for (const CLI::Option* option : command(name).get_options()) {
      for (const std::string& each : option->get_snames()) names.insert("-" + each);
    }
    return names;
  }
  Names options_with_value(const std::string& name) {
    Names names;
    for (const CLI::Option* option : command(name).get_options()) {
      if (option->get_items_expected_max() == 0) continue;
      for (const std::string& each : option->get_lnames()) names.insert("--" + each);
    }
    return names;
  }
  Names with_dashes(const Names& names) {
    Names dashed;
    for (const std::string& name : names) dashed.insert((name.size() == 1 ? "-" : "--") + name);
    return dashed;
  }

  CLI::App app_;
  Action action_;
  Names commands_;
};

TEST_F(Completions, OfBash_AreThoseOfTheCommandLine) {
  const std::string script = read("logsniffd.bash");
  for (const std::string& name : commands_) {
    EXPECT_EQ(words(first(script, "[ |]" + name + "(?: \\| [a-z-]+)*\\)\\s+words=\"([^\"]*)\"")), long_options(name))
        << name;
  }
  Names expected = long_options("");
  expected.insert(commands_.begin(), commands_.end());
  EXPECT_EQ(words(first(script, "\\*\\) words=\"([^\"]*)\"")), expected);
}

TEST_F(Completions, OfZsh_AreThoseOfTheCommandLine) {
  const std::string script = read("_logsniffd");
  Names names = commands_;
  names.insert("");
  for (const std::string& name : names) {
    const std::string function = name.empty() ? "_logsniffd" : "_logsniffd_" + name;
    const std::string body = first(script, "\n" + function + "\\(\\) \\{\n([^]*?)\n\\}\n");
    const std::string options = lines_with(body, "[");
    EXPECT_EQ(all(options, "\\B(--[a-z-]+|-[a-z]\\b)"), all_options(name)) << name;
    EXPECT_EQ(all(options, "(--[a-z-]+)="), options_with_value(name)) << name;
  }
  EXPECT_EQ(all(first(script, "commands=\\(([^)]*(?:\\)'[^)]*)*)\\)\n"), "'([a-z-]+):"), commands_);
}

TEST_F(Completions, OfFish_AreThoseOfTheCommandLine) {
  const std::string script = read("logsniffd.fish");
  EXPECT_EQ(words(first(script, "set -l commands (.*)")), commands_);
  Names names = commands_;
  names.insert("");
  for (const std::string& name : names) {
    const std::string condition =
        name.empty() ? "\"not __fish_seen_subcommand_from $commands\"" : "'__fish_seen_subcommand_from " + name + "'";
    const std::string own_lines = lines_with(script, "-n " + condition);
    Names offered = with_dashes(all(own_lines, " -l ([a-z-]+)"));
    offered.merge(with_dashes(all(own_lines, " -s ([a-z])")));
    EXPECT_EQ(offered, all_options(name)) << name;
    EXPECT_EQ(with_dashes(all(own_lines, " -l ([a-z-]+) -[xr]")), options_with_value(name)) << name;
    EXPECT_EQ(all(own_lines, " -n \".*\" -a ([a-z-]+)"), name.empty() ? commands_ : Names());
  }
}

}  // namespace
}  // namespace logsniffd::cli
