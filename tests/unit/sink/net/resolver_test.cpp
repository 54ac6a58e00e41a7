#include "daemon/sink/net/resolver.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <future>

namespace logsniffd::sink::net {
namespace {

using namespace std::chrono_literals;

std::uint16_t port_of(const addrinfo& address) {
  return ntohs(reinterpret_cast<const sockaddr_in*>(address.ai_addr)->sin_port);
}

class ResolverTest : public testing::Test {
 protected:
  // Answers 127.0.0.1 for every name.
  static int local(const char*, const char* port, const addrinfo* hints, addrinfo** found) {
    return ::getaddrinfo("127.0.0.1", port, hints, found);
  }
  Expected<AddressList> ask(Resolver& resolver, Duration patience, const std::string& host = "logs.example") {
    return resolver.resolve(host, "601", SOCK_STREAM, interrupt, patience);
  }
  Interrupt interrupt = std::move(*Interrupt::create());
};

TEST_F(ResolverTest, Address_IsNotLookedUp) {
  Resolver resolver([](auto...) -> int { throw std::logic_error("looked up"); });
  for (const std::string host : {"192.0.2.1", "2001:db8::1"}) {
    const auto found = ask(resolver, 5s, host);
    ASSERT_TRUE(found) << host;
    EXPECT_EQ((*found)->ai_socktype, SOCK_STREAM);
  }
}

TEST_F(ResolverTest, Name_IsLookedUp) {
  Resolver resolver(&local);
  const auto found = ask(resolver, 5s);
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)->ai_family, AF_INET);
  EXPECT_EQ(port_of(**found), 601);
}

TEST_F(ResolverTest, UnknownName_IsSaid) {
  Resolver resolver([](auto...) { return EAI_NONAME; });
  EXPECT_EQ(ask(resolver, 5s).error().message(), "Name or service not known; fix the name, or use the address");
}

TEST_F(ResolverTest, SlowLookUp_IsLeftBehindAndItsAnswerTakenLater) {
  std::promise<void> go;
  std::atomic<int> asked = 0;
  Resolver resolver([&asked, wait = go.get_future().share()](auto... arguments) {
    ++asked;
    wait.wait();
    return local(arguments...);
  });
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ask(resolver, 1ms).error().message(),
              "the name was not resolved in time; fix the name, or use the address");
  }
  go.set_value();
  EXPECT_TRUE(ask(resolver, 5s));
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(ask(resolver, 5s));
  EXPECT_EQ(asked, 2);
}

TEST_F(ResolverTest, ResolverThatIsGone_LeavesTheLookUpToItself) {
  std::promise<void> go;
  auto done = std::make_shared<std::promise<void>>();
  {
    Resolver resolver([done, wait = go.get_future().share()](auto... arguments) {
      wait.wait();
      const int result = local(arguments...);
      done->set_value();
      return result;
    });
    EXPECT_FALSE(ask(resolver, 1ms));
  }
  go.set_value();
  EXPECT_EQ(done->get_future().wait_for(5s), std::future_status::ready);
}

TEST_F(ResolverTest, Interrupt_EndsTheWait) {
  auto go = std::make_shared<std::promise<void>>();
  Resolver resolver([wait = go->get_future().share()](auto...) {
    wait.wait();
    return EAI_AGAIN;
  });
  interrupt.raise();
  EXPECT_EQ(ask(resolver, 1h).error().message(), "given up because the daemon is stopping");
  go->set_value();
}

}  // namespace
}  // namespace logsniffd::sink::net
