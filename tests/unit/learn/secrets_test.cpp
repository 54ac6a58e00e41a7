// What looks secret is masked, and nothing else.
#include "daemon/learn/secrets.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace logsniffd::learn {
namespace {

TEST(Secrets, ValuesWithAName_AreMasked) {
  const std::pair<const char*, const char*> cases[] = {
      {"login password=hunter2 ok", "login password=*** ok"},
      {"{\"api_key\": \"abc def\", \"n\": 1}", "{\"api_key\": ***, \"n\": 1}"},
      {"GET /?access_token=abc&x=1", "GET /?access_token=***&x=1"},
      {"Authorization: Bearer abc.def", "Authorization: ***"},
      {"uses bearer abcdefgh12 here", "uses bearer *** here"},
      {"run --password hunter2 now", "run --password *** now"},
      {"postgres://app:hunter2@db.example.net/x", "postgres://app:***@db.example.net/x"},
      {"PASSWD: 'a b' end", "PASSWD: *** end"},
  };
  for (const auto& [text, masked] : cases) EXPECT_EQ(masked_sample(text, 200), masked);
}

TEST(Secrets, ShapesOfSecrets_AreMasked) {
  EXPECT_EQ(masked_sample("mail from jane@example.net", 200), "mail from ***");
  EXPECT_EQ(masked_sample("card 4111 1111 1111 1111 paid", 200), "card *** paid");
  EXPECT_EQ(masked_sample("hash 0123456789abcdef0123456789abcdef end", 200), "hash *** end");
  EXPECT_EQ(masked_sample("key " + std::string(60, 'Q') + "== end", 200), "key *** end");
}

TEST(Secrets, OrdinaryLines_StayAsTheyAre) {
  for (const char* text :
       {"<34>Sep 21 14:13:20 host app[12]: message 17 in 20 ms", "2026-09-21T14:13:20.123456Z INFO done",
        "at org.example.Pool.take(Pool.java:41)", "192.0.2.17:51234 connected"}) {
    EXPECT_EQ(masked_sample(text, 200), text);
  }
}

TEST(Secrets, LongText_IsMaskedBeforeItIsCut) {
  EXPECT_EQ(masked_sample("password=" + std::string(100, 'x'), 12), "password=***");
  EXPECT_EQ(masked_sample("abc\ndef", 5), "abc\\nd...");
}

}  // namespace
}  // namespace logsniffd::learn
