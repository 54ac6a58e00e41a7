// logsniffd learn [-i IF] [-r FILE] [--duration 30s] [--yaml FILE] [--json]: listens to everything, and tells what logs
// here, on which ports, in which framing and format.
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <sys/random.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>

#include "daemon/app/wall_clock.hpp"
#include "daemon/app/wiring.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/capture/file_source.hpp"
#include "daemon/capture/live_source.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/cli/end_on_signals.hpp"
#include "daemon/cli/sniff_options.hpp"
#include "daemon/learn/lesson.hpp"
#include "daemon/learn/listener.hpp"
#include "daemon/learn/proposal.hpp"
#include "daemon/learn/report.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/privilege/privilege.hpp"

namespace logsniffd::cli {
namespace {

constexpr std::size_t kPacketsAtOnce = 256;
constexpr Duration kLatency = std::chrono::milliseconds(50);  // also how soon the thread notices that it should stop

// As on the command line; unchecked.
struct LearnOptions {
  std::vector<std::string> interfaces;
  std::string read_file;
  std::string duration;
  std::string yaml;
  bool json = false;
};

void tell_change(const std::string& interface, capture::InterfaceChange change, const std::string& detail) {
  fmt::print(stderr, "logsniffd: {}\n", capture::describe(interface, change, detail));
}

Expected<std::unique_ptr<capture::PacketSource>> open_source(const LearnOptions& options) {
  if (!options.read_file.empty()) return capture::FileSource::open(options.read_file, "");
  capture::LiveOptions live;
  if (!options.interfaces.empty()) live.interfaces = options.interfaces;
  live.latency = kLatency;
  live.watched.any_port = true;
  return capture::LiveSource::open(std::move(live), tell_change);
}

// The file for the configuration, opened before the privileges are gone. One that exists is somebody's work.
Expected<UniqueFd> create_yaml(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (fd.valid()) return fd;
  if (errno == EEXIST)
    return fail(Error::runtime(path + " exists, and is not overwritten; remove it, or name another file"));
  return fail(Error::system(path, errno));
}

Status write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) return fail(Error::system("write", errno));
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

std::uint64_t secret_for_hashes() {
  std::uint64_t secret = 0;
  [[maybe_unused]] const auto got = ::getrandom(&secret, sizeof secret, 0);  // never fails for 8 bytes
  return secret;
}

learn::ListenerLimits listener_limits() {
  const auto limits = app::pipeline_limits(config::Limits());
  return {{limits.tcp, limits.fragments}, limits.framing};
}

// Reads the source on a thread of its own until it ends, or until this is stopped.
class Listening {
 public:
  Listening(std::unique_ptr<capture::PacketSource> source, bool live, std::function<void()> on_done)
      : source_(std::move(source)),
        live_(live),
        listener_(listener_limits(), secret_for_hashes()),
        thread_([this, done = std::move(on_done)](const std::stop_token& stop) {
          run(stop);
          done();
        }) {}

  // Returns what was heard. REQUIRED: called once.
  [[nodiscard]] learn::Lesson stop() {
    thread_.request_stop();
    thread_.join();
    learn::Lesson lesson = learn::learn_from(listener_.finish());
    lesson.kernel_dropped = source_->statistics().kernel_dropped;
    if (live_) lesson.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_at_).count();
    return lesson;
  }
  // REQUIRED: stopped.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!read_some()) return;
    }
    if (!live_) return;
    // The kernel may still hold what was captured before.
    source_->end_at(app::wall_now());
    const auto until = std::chrono::steady_clock::now() + 2 * kLatency;
    while (std::chrono::steady_clock::now() < until && read_some()) {
    }
  }

  // Returns false when nothing more will come.
  bool read_some() {
    const auto status = source_->read(listener_, kPacketsAtOnce);
    if (!status) {
      error_ = status.error();
      return false;
    }
    if (*status != capture::ReadStatus::idle) return *status == capture::ReadStatus::more;
    // The kernel counts in 32 bits, so its counts are read often.
    static_cast<void>(source_->statistics());
    // Without packets, time still ends the silence of a live stream.
    if (live_ && listener_.packets() > 0) listener_.idle(app::wall_now());
    pollfd ready{source_->wait_fd(), POLLIN, 0};
    ::poll(&ready, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(kLatency).count()));
    return true;
  }

  std::unique_ptr<capture::PacketSource> source_;
  bool live_;
  std::chrono::steady_clock::time_point began_at_ = std::chrono::steady_clock::now();
  learn::Listener listener_;
  std::optional<Error> error_;
  std::jthread thread_;
};

std::string today() { return fmt::format("{:%Y-%m-%d %H:%M UTC}", fmt::gmtime(::time(nullptr))); }

Status write_yaml(const UniqueFd& fd, const std::string& path, const learn::Lesson& lesson) {
  const learn::Proposal proposal = learn::propose(lesson, today());
  if (proposal.yaml.empty()) {
    // Whoever gave up root may not be able to remove it.
    const bool removed = ::unlink(path.c_str()) == 0;
    fmt::print(stderr, "logsniffd: {}: not written, because no port was seen that logs{}\n", path,
               removed ? "" : "; remove the empty file");
    return {};
  }
  if (Status written = write_all(fd.get(), proposal.yaml); !written)
    return fail(std::move(written.error()).within(path));
  fmt::print(stderr, "logsniffd: {}: written; try it with: logsniffd check --config {}\n", path, path);
  if (proposal.left_out > 0) {
    fmt::print(stderr, "logsniffd: {}: {} ports with the fewest records are left out; {} filters are the limit\n", path,
               proposal.left_out, learn::kMaxProposed);
  }
  return {};
}

Expected<int> finish_learning(Listening& listening, const LearnOptions& options, const UniqueFd& yaml) {
  learn::Lesson lesson = listening.stop();
  const std::vector<std::string> interfaces =
      options.interfaces.empty() ? std::vector<std::string>{"any"} : options.interfaces;
  lesson.source = options.read_file.empty() ? fmt::format("{}", fmt::join(interfaces, ", ")) : options.read_file;
  lesson.interfaces = options.interfaces;
  fmt::print("{}{}", options.json ? learn::json_report(lesson) : learn::text_report(lesson), options.json ? "\n" : "");
  if (lesson.kernel_dropped > 0) {
    fmt::print(stderr,
               "logsniffd: the kernel dropped {} packets because its buffer was full; what is told is incomplete\n",
               lesson.kernel_dropped);
  }
  if (yaml.valid()) {
    if (Status written = write_yaml(yaml, options.yaml, lesson); !written) return fail(std::move(written.error()));
  }
  if (listening.error()) return fail(*listening.error());
  return 0;
}

Expected<int> run_learn(const LearnOptions& options) {
  const bool live = options.read_file.empty();
  if (!live && !options.interfaces.empty()) {
    return fail(Error::usage(
        "--read and --interface cannot be combined, because a file has its own interfaces; remove one of them"));
  }
  const auto duration = duration_of(options.duration.empty() && live ? "30s" : options.duration);
  if (!duration) return fail(duration.error());

  auto loop = loop::EventLoop::create();
  if (!loop) return fail(std::move(loop.error()));
  const auto signals = end_on_signals(**loop);
  if (!signals) return fail(signals.error());
  const auto end = (*loop)->add_notifier([&loop] { (*loop)->quit(0); });
  if (!end) return fail(end.error());
  std::optional<loop::EventLoop::Source> time_is_up;
  if (*duration) {
    auto added = (*loop)->add_after(**duration, [&loop] { (*loop)->quit(0); });
    if (!added) return fail(std::move(added.error()));
    time_is_up = std::move(*added);
  }
  auto source = open_source(options);
  if (!source) return fail(std::move(source.error()));
  UniqueFd yaml;
  if (!options.yaml.empty()) {
    auto created = create_yaml(options.yaml);
    if (!created) return fail(std::move(created.error()));
    yaml = std::move(*created);
  }
  const auto purpose = live ? privilege::Purpose::live_capture : privilege::Purpose::replay;
  for (const Error& kept : privilege::drop(purpose)) fmt::print(stderr, "logsniffd: {}\n", kept.message());
  Listening listening(std::move(*source), live, [&end] { end->notify(); });
  if (const auto ran = (*loop)->run(); !ran) return fail(ran.error());
  return finish_learning(listening, options, yaml);
}

}  // namespace

void add_learn(CLI::App& app, Action& action) {
  const auto options = std::make_shared<LearnOptions>();  // shared: the options outlive this call
  CLI::App* command =
      app.add_subcommand("learn", "listen to everything, and tell what logs here and how to collect it");
  command
      ->add_option("-i,--interface", options->interfaces, "the interface to listen on; any stands for all (repeatable)")
      ->option_text("NAME [any]")
      ->allow_extra_args(false);
  command->add_option("-r,--read", options->read_file, "read a pcap or pcapng file instead; - is standard input")
      ->option_text("FILE");
  command->add_option("--duration", options->duration, "how long to listen, such as 10s; a file is read to its end")
      ->option_text("TIME [30s]");
  command->add_option("--yaml", options->yaml, "write the configuration for it to this file, which must not exist")
      ->option_text("FILE");
  command->add_flag("--json", options->json, "print one JSON object");
  command->callback([options, &action] { action = [options] { return run_learn(*options); }; });
}

}  // namespace logsniffd::cli
