#include "daemon/control/protocol.hpp"

#include <fmt/format.h>

namespace logsniffd::control {
namespace {

std::string to_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// The object that the line is; nullopt-like: a discarded value.
Json parse_object(std::string_view line) {
  Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  return json.is_object() ? json : Json(Json::value_t::discarded);
}

template <class T>
const T* member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : found->get_ptr<const T*>();
}

}  // namespace

Expected<Request> parse_request(std::string_view line) {
  const Json json = parse_object(line);
  if (json.is_discarded()) return fail(Error::usage("a request is one JSON object on a line"));
  const auto version = json.find("version");
  if (version == json.end() || !version->is_number_integer() || *version != kVersion) {
    return fail(Error::usage(fmt::format("this daemon speaks version {} of the protocol", kVersion)));
  }
  const auto* command = member<Json::string_t>(json, "command");
  if (command == nullptr) return fail(Error::usage("a request names its command, as text"));
  Request request{*command};
  const auto arguments = json.find("arguments");
  if (arguments == json.end()) return request;
  if (!arguments->is_object()) return fail(Error::usage("the arguments of a request are a JSON object"));
  request.arguments = *arguments;
  return request;
}

std::string text_argument(const Json& arguments, const char* name, const char* otherwise) {
  const auto* text = member<Json::string_t>(arguments, name);
  return text == nullptr ? std::string(otherwise) : *text;
}

std::string request_line(const Request& request) {
  return to_line({{"version", kVersion}, {"command", request.command}, {"arguments", request.arguments}});
}

std::string answer_line(const Json& members) {
  Json answer{{"version", kVersion}, {"ok", true}};
  answer.update(members);
  return to_line(answer);
}

std::string error_line(const Error& error) {
  return to_line(
      {{"version", kVersion}, {"ok", false}, {"error", error.message()}, {"exit_status", error.exit_code()}});
}

Expected<Json> parse_answer(std::string_view line) {
  Json json = parse_object(line);
  const auto* ok = json.is_discarded() ? nullptr : member<Json::boolean_t>(json, "ok");
  if (ok == nullptr) return fail(Error::runtime("the answer of the daemon is not in the protocol of this program"));
  if (*ok) return json;
  const auto* error = member<Json::string_t>(json, "error");
  const auto status = json.find("exit_status");
  const bool usage = status != json.end() && *status == Error::usage("").exit_code();
  return fail(Error(usage ? ErrorKind::usage : ErrorKind::runtime, error == nullptr ? "refused" : *error));
}

}  // namespace logsniffd::control
