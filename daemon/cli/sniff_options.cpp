#include "daemon/cli/sniff_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "daemon/base/choice.hpp"
#include "daemon/base/nearest.hpp"
#include "daemon/base/quantity.hpp"

namespace logsniffd::cli {
namespace {

// "to|from|both".
template <class T, std::size_t N>
std::string alternatives(const std::array<Choice<T>, N>& choices) {
  return fmt::format("{}", fmt::join(words_of(choices), "|"));
}

template <class T, std::size_t N>
Expected<T> choose(const std::string& option, const std::string& word, const std::array<Choice<T>, N>& choices) {
  for (const Choice<T>& choice : choices) {
    if (choice.word == word) return choice.value;
  }
  const auto offered = words_of(choices);
  return fail(Error::usage(fmt::format("{} {} is not valid; use one of {}{}", option, word, fmt::join(offered, ", "),
                                       did_you_mean(word, offered))));
}

struct PortChoice {
  filter::PortRange range;
  std::optional<Transport> transport;
};

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

Expected<PortChoice> parse_port_choice(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::string protocol = slash == std::string::npos ? "" : text.substr(slash + 1);
  const std::string ports = text.substr(0, slash);
  const std::size_t dash = ports.find('-');
  const auto first = parse_port(ports.substr(0, dash));
  const auto last = dash == std::string::npos ? first : parse_port(ports.substr(dash + 1));
  if (!first || !last || *first > *last) {
    return fail(
        Error::usage(text + " is not a valid port (1 to 65535) or range; examples: 514, 514/udp, 6000-6010/tcp"));
  }
  if (protocol.empty() && slash == std::string::npos) return PortChoice{{*first, *last}, std::nullopt};
  if (protocol == "tcp") return PortChoice{{*first, *last}, Transport::tcp};
  if (protocol == "udp") return PortChoice{{*first, *last}, Transport::udp};
  return fail(Error::usage(text + ": unknown protocol; use /tcp or /udp"));
}

}  // namespace

void add_sniff_options(CLI::App& command, SniffOptions& options) {
  command.add_option("port", options.ports, "PORT[/tcp|/udp] or a range; without any, everything that looks like text")
      ->option_text("PORT...");
  command
      .add_option("-i,--interface", options.interfaces, "the interface to capture on; any stands for all (repeatable)")
      ->option_text("NAME [any]")
      ->allow_extra_args(false);
  command.add_option("-r,--read", options.read_file, "read a pcap or pcapng file instead; - is standard input")
      ->option_text("FILE");
  command.add_option("--filter", options.expression, "capture only packets that match this pcap-filter(7) expression")
      ->option_text("BPF");
  command.add_option("--direction", options.direction, "which direction to read, as seen from the port")
      ->option_text(alternatives(filter::kDirections) + " [both]");
  command.add_option("--framing", options.framing, "how the end of a record is found")
      ->option_text(alternatives(framing::kMethods) + " [auto]");
  command.add_option("--decode", options.decode, "how a record is decoded")
      ->option_text(alternatives(record::kDecodes) + " [auto]");
  command
      .add_option("--match", options.match,
                  "show only records in which this RE2 expression is found (repeatable; one match is enough)")
      ->option_text("REGEX")
      ->allow_extra_args(false);
  command
      .add_option("--exclude", options.exclude,
                  "do not show records in which this RE2 expression is found (repeatable)")
      ->option_text("REGEX")
      ->allow_extra_args(false);
  command
      .add_option("--format", options.format,
                  "how a record is printed: text, json, raw or a template such as '{time} {src} {message}'")
      ->option_text("FORMAT [text]");
  command
      .add_option_function<std::string>(
          "-o,--output", [&options](const std::string& file) { options.output = file == "-" ? "" : file; },
          "write to this file instead of standard output (-)")
      ->option_text("FILE");
  command.add_flag("--promiscuous", options.promiscuous, "also capture what is sent to other hosts");
  command.add_option("--count", options.count, "stop after this many records")
      ->option_text("N")
      ->check([](const std::string& count) { return count == "0" ? "0 is too small; use 1 or more" : ""; });
  command.add_option("--duration", options.duration, "stop after this time, such as 10s")->option_text("TIME");
  command.add_flag("-x,--hex", options.hex, "print each packet's link type and bytes before its records");
  command.add_flag("--stats", options.stats,
                   "print the ledger at the end, as one JSON object on the last line of standard error");
}

bool asks_for_push(std::string expression) {
  constexpr std::array<std::string_view, 5> kSpellings{"tcp-push", "tcp[13]&8", "tcp[tcpflags]&8", "tcp[13]=24",
                                                       "tcp[13]==24"};
  std::erase(expression, ' ');
  return std::any_of(kSpellings.begin(), kSpellings.end(),
                     [&](std::string_view spelling) { return expression.find(spelling) != std::string::npos; });
}

Expected<app::CollectorOptions> to_collector_options(const SniffOptions& options) {
  app::CollectorOptions collector;
  collector.read_file = options.read_file;
  collector.expression = options.expression;
  collector.output = options.output;
  collector.text_only = options.ports.empty() && options.expression.empty();
  collector.max_records = options.count;

  config::Config& config = collector.config;
  if (!options.interfaces.empty()) config.capture.interfaces = options.interfaces;
  config.capture.promiscuous = options.promiscuous;
  if (!options.read_file.empty() && !options.interfaces.empty()) {
    return fail(Error::usage(
        "--read and --interface cannot be combined, because a file has its own interfaces; remove one of them"));
  }

  config::Sink sink;
  sink.name = "output";
  if (!options.format.empty()) sink.target = config::StandardOutputTarget{options.format};
  config.sinks = {sink};

  config::Filter filter;
  filter.name = "sniff";
  filter.match = options.match;
  filter.exclude = options.exclude;
  filter.final = true;  // a record whose port was given twice is still one record
  filter.to = {sink.name};
  const auto direction = choose("--direction", options.direction, filter::kDirections);
  if (!direction) return fail(direction.error());
  filter.direction = *direction;
  const auto framing = choose("--framing", options.framing, framing::kMethods);
  if (!framing) return fail(framing.error());
  filter.framing.method = *framing;
  const auto decode = choose("--decode", options.decode, record::kDecodes);
  if (!decode) return fail(decode.error());
  filter.decode = *decode;

  if (options.ports.empty()) config.filters = {filter};
  for (const std::string& port : options.ports) {
    const auto choice = parse_port_choice(port);
    if (!choice) return fail(choice.error());
    const auto same = std::find_if(config.filters.begin(), config.filters.end(),
                                   [&](const config::Filter& known) { return known.transport == choice->transport; });
    if (same != config.filters.end()) {
      same->ports.push_back(choice->range);
      continue;
    }
    filter.transport = choice->transport;
    filter.ports = {choice->range};
    config.filters.push_back(filter);
  }
  return collector;
}

Expected<std::optional<Duration>> duration_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto duration = parse_duration(text);
  if (!duration || *duration == Duration::zero()) {
    return fail(
        Error::usage("--duration " + text + " is not a valid time; use a number and a unit, such as 10s, 5m or 1h"));
  }
  return duration;
}

}  // namespace logsniffd::cli
