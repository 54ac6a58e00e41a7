#include "daemon/sink/file/archivist.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <system_error>

namespace logsniffd::sink::file {
namespace {

// Lowers the priority of this thread alone (Linux), as capture comes first. If that is not allowed, the priority stays.
void step_back() {
  constexpr int kNice = 10;
  ::setpriority(PRIO_PROCESS, 0, kNice);
}

}  // namespace

void Archivist::ask(const std::string& path) {
  {
    const std::lock_guard lock(mutex_);
    const bool known = std::find(waiting_.begin(), waiting_.end(), path) != waiting_.end();
    if (!known && waiting_.size() < kMaxWaiting) waiting_.push_back(path);
  }
  asked_.notify_one();
  if (thread_.joinable()) return;
  try {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  } catch (const std::system_error& error) {
    const std::lock_guard lock(mutex_);
    error_ = std::string("cannot start a thread for rotated files: ") + error.what();
  }
}

void Archivist::ask_once(const std::string& path) {
  if (known_.size() < kMaxKnown && known_.insert(std::hash<std::string>{}(path)).second) ask(path);
}

std::string Archivist::take_error() {
  const std::lock_guard lock(mutex_);
  return std::exchange(error_, {});
}

void Archivist::run(const std::stop_token& stop) {
  step_back();
  std::unique_lock lock(mutex_);
  while (asked_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
    if (stop.stop_requested()) return;
    const std::string path = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    std::string error = settle_archive(directory_, path, rules_, seams_.wall(), stop);
    lock.lock();
    if (!error.empty()) error_ = std::move(error);
    if (waiting_.empty() && seams_.rested) {
      lock.unlock();
      seams_.rested();
      lock.lock();
    }
  }
}

}  // namespace logsniffd::sink::file
