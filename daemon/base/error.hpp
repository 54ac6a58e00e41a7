// Failures of the environment and of the user. An Error holds a sentence that names the thing and the fix, and
// the exit code.
//
// Malformed traffic is not an Error (it is an enum reason and a counter); a programmer's mistake is an assert.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace logsniffd {

// Decides the exit code when the error reaches main (docs/man/logsniffd.8, EXIT STATUS).
enum class ErrorKind {
  runtime,  // exit code 1: the environment did not allow it
  usage,    // exit code 2: wrong command line or configuration
};

class [[nodiscard]] Error {
 public:
  Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  static Error runtime(std::string message) { return {ErrorKind::runtime, std::move(message)}; }
  static Error usage(std::string message) { return {ErrorKind::usage, std::move(message)}; }
  // Appends ": " and strerror(errno_value).
  static Error system(std::string what, int errno_value);

  [[nodiscard]] ErrorKind kind() const { return kind_; }
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] int exit_code() const { return kind_ == ErrorKind::usage ? 2 : 1; }

  // Adds where the error happened as it rises: "sink app-file: <message>".
  [[nodiscard]] Error within(const std::string& context) && {
    message_ = context + ": " + message_;
    return std::move(*this);
  }

 private:
  ErrorKind kind_;
  std::string message_;
};

template <class T>
using Expected = tl::expected<T, Error>;
using Status = Expected<void>;

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace logsniffd
