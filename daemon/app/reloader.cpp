#include "daemon/app/reloader.hpp"

#include <utility>

namespace logsniffd::app {

void Reloader::request() {
  if (collector_.settled()) {
    begin();
  } else {
    again_ = true;
  }
}

void Reloader::begin() {
  events_.on_request();
  if (collector_.settled()) return settle();
  auto deadline = loop_.add_after(leave_deadline_, [this] { collector_.interrupt_leaving(); });
  if (!deadline) return collector_.interrupt_leaving();  // without a timer, nobody else would
  deadline_ = std::move(*deadline);
}

void Reloader::on_sink_ended() {
  if (collector_.settled()) return;  // two ended at the same time, or the daemon stops
  if (collector_.retire()) settle();
}

void Reloader::settle() {
  deadline_.reset();
  events_.on_settled();
  if (std::exchange(again_, false)) begin();
}

}  // namespace logsniffd::app
