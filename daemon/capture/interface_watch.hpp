// Hears from the kernel which network interfaces appear, vanish, change their name or state (rtnetlink(7),
// RTMGRP_LINK).
//
// THREAD  confined to the thread that uses it; open() on any.
// ERRORS  open() alone. Messages that the kernel had to drop (ENOBUFS) are made good by asking for the whole table
// again.
#pragma once

#include "daemon/base/error.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/capture/link_table.hpp"

namespace logsniffd::capture {

class InterfaceWatch {
 public:
  // The table holds the links of this moment.
  [[nodiscard]] static Expected<InterfaceWatch> open();

  [[nodiscard]] int fd() const { return socket_.get(); }  // readable when update() has something to do
  void update();
  // Whether any update() changed the table since this was last asked.
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
