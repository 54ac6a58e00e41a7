// Learns from the kernel which network interfaces appear, vanish, or change their name or state
// (rtnetlink(7), RTMGRP_LINK).
//
// THREAD  confined to the thread that uses it; open() on any.
// ERRORS  only from open(). If the kernel had to drop messages (ENOBUFS), the whole table is requested again.
#pragma once

#include "daemon/base/error.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/capture/link_table.hpp"

namespace logsniffd::capture {

class InterfaceWatch {
 public:
  // The table holds the links that exist at this moment.
  [[nodiscard]] static Expected<InterfaceWatch> open();

  [[nodiscard]] int fd() const { return socket_.get(); }  // readable when update() has something to do
  void update();
  // True if any update() changed the table since the last call.
  [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }
  [[nodiscard]] const LinkTable& table() const { return table_; }

 private:
  explicit InterfaceWatch(UniqueFd socket) : socket_(std::move(socket)) {}
  Status load();

  UniqueFd socket_;
  LinkTable table_;
  bool changed_ = false;
};

}  // namespace logsniffd::capture
