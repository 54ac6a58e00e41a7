// The protocol of the control socket (docs/control.md): one JSON object on a line, in each direction.
//
//   request  {"version": 1, "command": "status", "arguments": {...}}     arguments may be left out
//   answer   {"version": 1, "ok": true, ...}
//            {"version": 1, "ok": false, "error": "what is wrong, and the fix", "exit_status": 1 or 2}
//
// Unknown members of a request are ignored, so that an older daemon understands a newer client.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "daemon/base/error.hpp"

namespace logsniffd::control {

using Json = nlohmann::ordered_json;

inline constexpr int kVersion = 1;
// Bounds of a line, with its line feed.
inline constexpr std::size_t kMaxRequest = std::size_t{16} * 1024;
inline constexpr std::size_t kMaxAnswer = std::size_t{4} * 1024 * 1024;

struct Request {
  std::string command;
  Json arguments = Json::object();
};

// The argument if it is text, otherwise `otherwise`.
[[nodiscard]] std::string text_argument(const Json& arguments, const char* name, const char* otherwise = "");

// `line`: any bytes, without the line feed. ERRORS  usage: what is wrong with it.
[[nodiscard]] Expected<Request> parse_request(std::string_view line);
[[nodiscard]] std::string request_line(const Request& request);

// Lines, without the line feed. Bytes that are not UTF-8 become U+FFFD.
// REQUIRED: an object.
[[nodiscard]] std::string answer_line(const Json& members = Json::object());
[[nodiscard]] std::string error_line(const Error& error);

// What the client makes of an answer: its members, or the error that it tells.
[[nodiscard]] Expected<Json> parse_answer(std::string_view line);

}  // namespace logsniffd::control
