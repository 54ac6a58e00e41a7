// Shared by the stress tests: records that contain their sender and number, sinks that misbehave on purpose, and a
// receiver of syslog over TCP.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "daemon/sink/sink.hpp"
#include "tests/support/temp_directory.hpp"
#include "tests/support/unix_receiver.hpp"

namespace logsniffd::app::stress {

// The seeds of the schedules that a test runs: LOGSNIFFD_STRESS_ROUNDS sets their number,
// LOGSNIFFD_STRESS_SEED repeats one.
inline std::vector<std::uint64_t> seeds(std::uint64_t usual) {
  if (const char* seed = std::getenv("LOGSNIFFD_STRESS_SEED")) return {std::stoull(seed)};
  const char* const rounds = std::getenv("LOGSNIFFD_STRESS_ROUNDS");
  std::vector<std::uint64_t> all(rounds ? std::stoull(rounds) : usual);
  std::random_device random;
  for (std::uint64_t& seed : all) seed = random();
  return all;
}

// Runs `schedule` for each seed until one fails, and prints the seeds.
template <class Schedule>
void for_each_seed(std::uint64_t usual, Schedule schedule) {
  for (const std::uint64_t seed : seeds(usual)) {
    SCOPED_TRACE("LOGSNIFFD_STRESS_SEED=" + std::to_string(seed));
    std::cout << "seed " << seed << "\n";
    schedule(seed);
    if (testing::Test::HasFailure()) return;
  }
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t end) { return engine_() % end; }
  bool once_in(std::uint64_t times) { return below(times) == 0; }
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[below(all.size())];
  }

 private:
  std::mt19937_64 engine_;
};

// Makes `text` "#PRODUCER:SERIAL#" and padding.
inline void tell_number(std::string& text, unsigned producer, std::uint64_t serial, std::size_t size) {
  text = "#" + std::to_string(producer) + ":" + std::to_string(serial) + "#";
  text.resize(std::max(size, text.size()), 'x');
}

// Checks that the records of each producer arrive in order, each once.
class Arrivals {
 public:
  // `text` contains the message of a record. Returns false if tell_number() did not make it.
  bool add(std::string_view text) {
    const std::size_t open = text.find('#');
    const std::size_t middle = text.find(':', open + 1);
    const std::size_t close = text.find('#', open + 1);
    if (open == text.npos || middle == text.npos || close == text.npos || middle > close) return false;
    const auto number = [&](std::size_t from, std::size_t to) {
      std::uint64_t value = 0;
      std::from_chars(text.data() + from, text.data() + to, value);
      return value;
    };
    std::uint64_t& next = next_[number(open + 1, middle)];
    const std::uint64_t serial = number(middle + 1, close);
    if (serial < next) ++disordered_;
    next = serial + 1;
    ++count_;
    return true;
  }
  void new_file() { next_.clear(); }  // its lines may be older

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t disordered() const { return disordered_; }

 private:
  std::map<std::uint64_t, std::uint64_t> next_;
  std::uint64_t count_ = 0;
  std::uint64_t disordered_ = 0;
};

// Parses "logsniffd: 1,284 records lost here ..." as 1284; nullopt for any other line.
inline std::optional<std::uint64_t> reported_loss(std::string_view line) {
  constexpr std::string_view kStart = "logsniffd: ";
  const std::size_t end = line.find(" lost here");
  if (end == line.npos) return std::nullopt;
  const std::size_t at = line.rfind(kStart, end);  // syslog's own tag comes before it
  if (at == line.npos) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : line.substr(at + kStart.size())) {
    if (c == ',') continue;
    if (c < '0' || c > '9') break;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// What the lines of all files in a folder show: each record occurs once, and in order within each file.
struct Written {
  std::uint64_t records = 0;
  std::uint64_t reported_lost = 0;
  std::uint64_t disordered = 0;
  std::uint64_t twice = 0;
};

inline Written read_folder(const std::string& folder) {
  Written all;
  std::set<std::string, std::less<>> seen;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    Arrivals arrivals;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (const auto lost = reported_loss(line)) {
        all.reported_lost += *lost;
      } else if (arrivals.add(line)) {
        const std::size_t open = line.find('#');
        if (!seen.insert(line.substr(open, line.find('#', open + 1) - open)).second) ++all.twice;
      }
    }
    all.records += arrivals.count();
    all.disordered += arrivals.disordered();
  }
  return all;
}

enum class Manner { fast, slow, failing, stalled };  // stalled: accepts nothing until it is interrupted

class MisbehavingSink final : public sink::Sink {
 public:
  MisbehavingSink(Manner manner, std::uint64_t seed) : manner_(manner), dice_(seed) {}

  Status open() override { return {}; }
  void write(const record::RecordBatch& batch, unsigned index, sink::Interrupt& interrupt) override {
    const bool given_up = !wait(interrupt);
    const record::SinkMask bit = record::SinkMask{1} << index;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if ((batch.header(i).sinks & bit) == 0) continue;
      EXPECT_TRUE(arrivals_.add(batch.message(i)));
      if (given_up) {
        counters_.dropped_for(sink::DropReason::shutdown).add();
      } else if (manner_ == Manner::failing && dice_.once_in(3)) {
        counters_.dropped_for(sink::DropReason::io_error).add();
        error_ = "refused";
      } else {
        counters_.written.add();
        counters_.written_bytes.add(batch.message(i).size());
      }
    }
  }
  bool write_notice(std::string_view text, PacketTime, sink::Interrupt&) override {
    reported_lost_ += reported_loss(text).value_or(0);
    return true;
  }
  void reopen() override { error_ = "reopened"; }
  Duration maintain(sink::Interrupt&) override {
    return std::chrono::milliseconds(1) * static_cast<int>(1 + dice_.below(3));
  }

  // REQUIRED: the worker of this sink was stopped.
  [[nodiscard]] const Arrivals& arrivals() const { return arrivals_; }
  [[nodiscard]] std::uint64_t reported_lost() const { return reported_lost_; }

 private:
  bool wait(sink::Interrupt& interrupt) {
    Duration time{};
    if (manner_ == Manner::stalled) time = std::chrono::hours(1);
    if (manner_ == Manner::slow) time = std::chrono::microseconds(dice_.below(3000));
    return interrupt.wait(-1, 0, time) != sink::WaitResult::interrupted;
  }

  Manner manner_;
  Dice dice_;
  Arrivals arrivals_;
  std::uint64_t reported_lost_ = 0;
};

// Reads what a syslog sink sends over TCP (octet counting), on its own thread, until it is stopped and the
// connection has ended.
class SyslogReceiver {
 public:
  SyslogReceiver() : thread_([this](const std::stop_token& stop) { run(stop); }) {}
  ~SyslogReceiver() { stop(); }

  [[nodiscard]] std::string target() const { return "tcp://" + listener_.address(); }
  // REQUIRED: the sink has closed its connection.
  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }
  // REQUIRED, here and below: this receiver is stopped.
  [[nodiscard]] const Arrivals& arrivals() const { return arrivals_; }
  [[nodiscard]] std::uint64_t reported_lost() const { return reported_lost_; }

 private:
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd waiting{listener_.fd(), POLLIN, 0};
      if (::poll(&waiting, 1, 10) <= 0) continue;
      const UniqueFd connection(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
      arrivals_.new_file();
      std::string rest;
      std::array<char, 16'384> buffer;
      for (ssize_t got = 0; (got = ::recv(connection.get(), buffer.data(), buffer.size(), 0)) > 0;) {
        rest.append(buffer.data(), static_cast<std::size_t>(got));
        rest.erase(0, take_messages(rest));
      }
    }
  }

  // Takes "LENGTH MESSAGE"*. Returns the number of bytes in whole messages.
  std::size_t take_messages(std::string_view bytes) {
    std::size_t taken = 0;
    while (true) {
      const std::string_view rest = bytes.substr(taken);
      std::size_t length = 0;
      const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
      const auto digits = static_cast<std::size_t>(end - rest.data());
      if (error != std::errc() || rest.size() < digits + 1 + length) return taken;
      const std::string_view message = rest.substr(digits + 1, length);
      if (const auto lost = reported_loss(message)) {
        reported_lost_ += *lost;
      } else {
        arrivals_.add(message);
      }
      taken += digits + 1 + length;
    }
  }

  test::LoopbackReceiver listener_{SOCK_STREAM};
  Arrivals arrivals_;
  std::uint64_t reported_lost_ = 0;
  std::jthread thread_;
};

}  // namespace logsniffd::app::stress
