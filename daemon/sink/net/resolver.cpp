#include "daemon/sink/net/resolver.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <thread>
#include <utility>

#include "daemon/base/unique_fd.hpp"

namespace logsniffd::sink::net {
namespace {

tl::unexpected<Error> lookup_failure(std::string_view reason) {
  return fail(Error::runtime(fmt::format("{}; fix the name, or use the address", reason)));
}

addrinfo hints_for(int socket_type, int flags) {
  addrinfo hints{};
  hints.ai_socktype = socket_type;
  hints.ai_flags = flags | AI_NUMERICSERV;
  return hints;
}

}  // namespace

// The eventfd orders the two threads: everything written before its write is read after its read.
struct Resolver::Answer {
  UniqueFd ready;
  int error = 0;
  AddressList list{nullptr, &::freeaddrinfo};
};

Expected<AddressList> Resolver::resolve(const std::string& host, const std::string& port, int socket_type,
                                        Interrupt& interrupt, Duration patience) {
  const addrinfo numeric = hints_for(socket_type, AI_NUMERICHOST);
  addrinfo* list = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &numeric, &list) == 0) return AddressList(list, &::freeaddrinfo);

  if (!pending_) {
    auto begun = begin(host, port, socket_type);
    if (!begun) return fail(std::move(begun.error()));
    pending_ = std::move(*begun);
  }
  switch (interrupt.wait(pending_->ready.get(), POLLIN, patience)) {
    case WaitResult::timeout:
      return lookup_failure("the name was not resolved in time");
    case WaitResult::interrupted:
      return fail(Error::runtime("given up because the daemon is stopping"));
    case WaitResult::ready:
      break;
  }
  std::uint64_t ignored = 0;
  [[maybe_unused]] const ssize_t got = ::read(pending_->ready.get(), &ignored, sizeof ignored);
  const auto answer = std::exchange(pending_, nullptr);
  if (answer->error != 0) return lookup_failure(::gai_strerror(answer->error));
  return std::move(answer->list);
}

Expected<std::shared_ptr<Resolver::Answer>> Resolver::begin(const std::string& host, const std::string& port,
                                                            int socket_type) const {
  auto answer = std::make_shared<Answer>();
  answer->ready.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!answer->ready.valid()) return fail(Error::system("creating an eventfd", errno));
  const auto look_up = [answer, host, port, socket_type, ask = look_up_] {
    const addrinfo hints = hints_for(socket_type, AI_ADDRCONFIG);
    addrinfo* found = nullptr;
    answer->error = ask(host.c_str(), port.c_str(), &hints, &found);
    if (answer->error == 0) answer->list.reset(found);
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored = ::write(answer->ready.get(), &one, sizeof one);
  };
  try {
    std::thread(look_up).detach();
  } catch (const std::system_error& error) {
    return fail(Error::system("starting a thread", error.code().value()));
  }
  return answer;
}

}  // namespace logsniffd::sink::net
