// Lets one thread sleep until others have work for it: an eventfd, written only when the sleeper really sleeps.
//
// Sleeper:  prepare(); look for work once more; then poll(fd()) or wait(); then finish().
// Waker:    publish the work; wake().
// Both sides exchange the same flag. One of the two exchanges comes second, and that side sees what the other did
// before its own (acquire, release). So no wake-up is lost, and a busy consumer costs its producers no system call.
#pragma once

#include <atomic>

#include "daemon/base/time.hpp"
#include "daemon/base/unique_fd.hpp"

namespace logsniffd::queue {

class Wakeup {
 public:
  Wakeup();  // aborts if the process has no descriptors left: nothing works then

  void wake();  // any thread

  void prepare();  // the sleeper's thread, from here on
  void finish();
  void wait(Duration at_most);  // REQUIRED: after prepare(); returns when woken or after `at_most`
  [[nodiscard]] int fd() const { return event_.get(); }

 private:
  UniqueFd event_;
  std::atomic<bool> sleeping_{false};
};

}  // namespace logsniffd::queue
