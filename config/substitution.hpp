// References in the values of a configuration, which are replaced after the YAML was parsed, so that no value can change
// the structure of the file:
//
//   ${NAME}             the variable of the environment; it has to be set
//   ${NAME:-default}    the same, or the default if it is not set, or empty; the default holds no '}' and no "${"
//   ${file:/path}       what the file holds, without one line feed at its end: a secret
//   ${credential:NAME}  likewise, $CREDENTIALS_DIRECTORY/NAME (systemd.exec(5), LoadCredential=)
//
// NAME is a letter or '_', and then letters, digits and '_'. A '$' before a reference makes it text: $${NAME} is the text
// ${NAME}. Everything else with '$', such as '^a$' or 'x${2}', stays as it is. What takes the place of a reference is
// not searched for references.
//
// CONTRACT  No message that leaves a Value shows what took the place of a reference (as_written). What a Config is used
//           for later is another matter: names, paths and targets are shown by `status` and in the log, expressions
//           and texts of `redact` are not. A key that is made for secrets has to stay out of both.
// BOUNDS    64 KiB for each value, and a limit on all of them together.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/node.hpp"
#include "config/sources.hpp"

namespace logsniffd::config {

inline constexpr std::size_t kMaxReplacement = 64 * kKiB;

class Substitution {
 public:
  // `sources` must outlive this object; `limit` is the size of all replacements together.
  Substitution(const Sources& sources, std::size_t limit) : sources_(sources), left_(limit) {}

  // In every scalar at or below `node`, but not in keys. A scalar with a reference that cannot be replaced gets a fault.
  void replace_references(Node& node);

 private:
  // "${name}" or "${name:argument}".
  struct Reference {
    std::string_view whole;
    std::string_view name;
    std::optional<std::string_view> argument;
  };
  static std::optional<Reference> reference_at(std::string_view text, std::size_t begin);

  void replace_in(Node& scalar);
  [[nodiscard]] Expected<std::string> value_of(const Reference& reference) const;
  [[nodiscard]] Expected<std::string> read_credential(const std::string& name) const;
  [[nodiscard]] Status take(const Reference& reference, const std::string& value);

  const Sources& sources_;
  std::size_t left_;
};

// The message about `node`, with its references as they are written. Where the rest of a message could still tell a
// value, it is left out.
[[nodiscard]] std::string as_written(const Node& node, std::string message);

}  // namespace logsniffd::config
