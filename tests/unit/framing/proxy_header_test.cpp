#include "daemon/framing/proxy_header.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/framing/frames.hpp"

namespace logsniffd::framing {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kText = "PROXY TCP4 192.0.2.77 192.0.2.1 41000 514\r\n";
const std::string kSignature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string kAddresses = "\xc0\0\2\x4d\xc0\0\2\1\xa0\x28\2\2"s;  // 192.0.2.77:41000 > 192.0.2.1:514
const std::string kBinary = kSignature + "\x21\x11\0\x0c"s + kAddresses;

// Returns "header 43 SRC > DST", "header 16", "none" or "incomplete".
std::string read(std::string_view text) {
  const ProxyHeader header = proxy_header_at(as_bytes(text));
  if (header.kind == ProxyHeader::Kind::none) return "none";
  if (header.kind == ProxyHeader::Kind::incomplete) return "incomplete";
  std::string result = "header " + std::to_string(header.size);
  if (header.ends) result += " " + header.ends->src.to_string() + " > " + header.ends->dst.to_string();
  return result;
}

TEST(ProxyHeader, Text_NamesTheEnds) {
  EXPECT_EQ(read(kText + "<13>a"), "header 43 192.0.2.77:41000 > 192.0.2.1:514");
  EXPECT_EQ(read("PROXY TCP6 2001:db8::1 2001:db8::2 65535 1\r\n"), "header 44 [2001:db8::1]:65535 > [2001:db8::2]:1");
}

TEST(ProxyHeader, UnknownEnds_AreNone) {
  EXPECT_EQ(read("PROXY UNKNOWN\r\n"), "header 15");
  EXPECT_EQ(read("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n<13>a"), "header 35");
}

TEST(ProxyHeader, Binary_NamesTheEnds) {
  EXPECT_EQ(read(kBinary + "<13>a"), "header 28 192.0.2.77:41000 > 192.0.2.1:514");
  const std::string six = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\1"s;
  EXPECT_EQ(read(kSignature + "\x21\x21\0\x24"s + six + six + "\0\1\0\2"s),
            "header 52 [2001:db8::1]:1 > [2001:db8::1]:2");
}

TEST(ProxyHeader, BinaryWithoutInternetAddresses_NamesNone) {
  EXPECT_EQ(read(kSignature + "\x20\0\0\0"s), "header 16");                               // LOCAL
  EXPECT_EQ(read(kSignature + "\x20\x11\0\x0c"s + kAddresses), "header 28");              // LOCAL: they are ignored
  EXPECT_EQ(read(kSignature + "\x21\x31\0\xd8"s + std::string(216, 'u')), "header 232");  // AF_UNIX
  EXPECT_EQ(read(kSignature + "\x21\x11\0\4"s + kAddresses.substr(0, 4)), "header 20");   // too short for addresses
}

TEST(ProxyHeader, FurtherValuesBehindTheAddresses_BelongToIt) {
  EXPECT_EQ(read(kSignature + "\x21\x11\0\x10"s + kAddresses + "\4\0\1x"s + "<13>a"),
            "header 32 192.0.2.77:41000 > 192.0.2.1:514");
}

TEST(ProxyHeader, AnyTruncation_IsIncomplete) {
  for (const std::string& header : {kText, kBinary, "PROXY UNKNOWN\r\n"s}) {
    for (std::size_t size = 1; size < header.size(); ++size) {
      EXPECT_EQ(read(std::string_view(header).substr(0, size)), "incomplete") << size;
    }
  }
}

TEST(ProxyHeader, TextThatIsNearlyOne_IsNone) {
  for (const std::string_view text :
       {"PROXYING\n", "Post\n", "PROXY is down\n", "PROXY \n", "PROXY TCP4 192.0.2.77 192.0.2.1 41000 514\n",
        "PROXY TCP5 192.0.2.77 192.0.2.1 41000 514\r\n", "PROXY TCP4 192.0.2.777 192.0.2.1 41000 514\r\n",
        "PROXY TCP4 192.0.2.77 192.0.2.1 65536 514\r\n", "PROXY TCP4 192.0.2.77 192.0.2.1 -1 514\r\n",
        "PROXY TCP4 192.0.2.77 192.0.2.1 41000\r\n", "PROXY TCP4 192.0.2.77 192.0.2.1 41000 514 1\r\n",
        "PROXY  TCP4 192.0.2.77 192.0.2.1 41000 514\r\n", "proxy UNKNOWN\r\n", "\r\n\r\n\r\n", "\n", "<13>PROXY "}) {
    EXPECT_EQ(read(text), "none") << text;
  }
}

TEST(ProxyHeader, TextLongerThanAllowed_IsNone) {
  const std::string start = "PROXY UNKNOWN ";
  EXPECT_EQ(read(start + std::string(107 - 2 - start.size(), 'x') + "\r\n"), "header 107");
  EXPECT_EQ(read(start + std::string(107 - 1 - start.size(), 'x')), "incomplete");
  EXPECT_EQ(read(start + std::string(107 - 1 - start.size(), 'x') + "\r\n"), "none");
}

TEST(ProxyHeader, OtherVersionOrCommand_IsNone) {
  EXPECT_EQ(read(kSignature + "\x11\x11\0\x0c"s + kAddresses), "none");
  EXPECT_EQ(read(kSignature + "\x22\x11\0\x0c"s + kAddresses), "none");
}

TEST(ProxyHeader, BinaryLongerThanTheBound_IsNone) {
  EXPECT_EQ(read(kSignature + "\x21\x11\x0f\xf0"s), "incomplete");
  EXPECT_EQ(read(kSignature + "\x21\x11\x0f\xf1"s), "none");
}

class ProxiedStreamTest : public testing::Test {
 protected:
  void end(Framing& framing) {
    framing.end();
    EXPECT_EQ(framing.accounted(), framing.given);
    EXPECT_EQ(framing.context.counters.partial_bytes.get(), 0U);
  }
  static std::uint64_t headers(const Framing& framing) { return framing.context.counters.proxy_headers.get(); }
};

TEST_F(ProxiedStreamTest, HeaderCutAnywhere_IsTakenOff) {
  for (const std::string& header : {kText, kBinary}) {
    const std::string stream = header + "<13>a\n<13>b\n";
    for (std::size_t at = 1; at < stream.size(); ++at) {
      Framing framing{FramingOptions{}};
      framing.feed(stream.substr(0, at)).feed(stream.substr(at));
      EXPECT_THAT(framing.frames.all, ElementsAre("<13>a", "<13>b")) << at;
      EXPECT_THAT(framing.frames.proxied, ElementsAre("192.0.2.77:41000 > 192.0.2.1:514")) << at;
      EXPECT_EQ(framing.context.counters.overhead_bytes.get(), header.size() + 2);
      EXPECT_EQ(headers(framing), 1U);
      end(framing);
    }
  }
}

TEST_F(ProxiedStreamTest, EveryMethod_TakesItOff) {
  struct Case {
    FramingOptions options;
    std::string_view record;
  };
  for (const Case& c : {Case{{}, "{\"a\":1}"}, Case{{.method = Method::lines}, "<13>a\n"},
                        Case{{.method = Method::nul}, "<13>a\0"sv}, Case{{.method = Method::octet}, "5 <13>a"},
                        Case{{.method = Method::length, .length = {2, std::endian::big}}, "\0\5<13>a"sv}}) {
    Framing framing(c.options);
    framing.feed(kBinary + std::string(c.record)).feed(c.record);
    EXPECT_EQ(framing.frames.all.size(), 2U) << c.record;
    EXPECT_EQ(headers(framing), 1U) << c.record;
    end(framing);
  }
}

TEST_F(ProxiedStreamTest, SecondHeader_IsARecord) {
  Framing framing{FramingOptions{}};
  framing.feed("PROXY UNKNOWN\r\nPROXY UNKNOWN\r\n");
  EXPECT_THAT(framing.frames.all, ElementsAre("PROXY UNKNOWN"));
  EXPECT_THAT(framing.frames.proxied, IsEmpty());
  EXPECT_EQ(headers(framing), 1U);
  end(framing);
}

TEST_F(ProxiedStreamTest, BehindAGap_IsNone) {
  Framing gap{FramingOptions{}};
  gap.gap().feed(kText);
  EXPECT_EQ(headers(gap), 0U);
  EXPECT_EQ(gap.frames.all.size(), 1U);
  end(gap);
}

TEST_F(ProxiedStreamTest, JoinedLate_ItProvesThatTheStreamBeginsThere) {
  struct Case {
    FramingOptions options;
    std::string_view record;
    std::string_view frame;
  };
  for (const Case& c :
       {Case{{}, "<13>a\n", "<13>a"}, Case{{}, "{\"a\":1}", "{\"a\":1}"}, Case{{}, "5 <13>a", "<13>a"},
        Case{{.method = Method::lines}, "a\n", "a"}, Case{{.method = Method::octet}, "5 <13>a", "<13>a"},
        Case{{.method = Method::length, .length = {2, std::endian::big}}, "\0\5<13>a"sv, "<13>a"}}) {
    for (const std::string& header : {kText, kBinary}) {
      for (std::size_t at = 1; at <= header.size(); ++at) {
        Framing late(c.options, true);
        late.feed(header.substr(0, at)).feed(header.substr(at) + std::string(c.record)).feed(c.record);
        EXPECT_THAT(late.frames.all, ElementsAre(c.frame, c.frame)) << c.record << " cut at " << at;
        EXPECT_THAT(late.frames.proxied, ElementsAre("192.0.2.77:41000 > 192.0.2.1:514"));
        end(late);
      }
    }
  }
}

TEST_F(ProxiedStreamTest, JoinedLateAtALineThatIsNearlyAHeader_IsMarked) {
  Framing late(FramingOptions{}, true);
  late.feed("PROXY TCP4 192.0.2.7").feed("7 is down\nnext\n");
  EXPECT_THAT(late.frames.all, ElementsAre("PROXY TCP4 192.0.2.77 is down|joined_late", "next"));
  EXPECT_EQ(headers(late), 0U);
  end(late);
  Framing blank(FramingOptions{}, true);
  blank.feed("\r\n<13>a\n");
  end(blank);
  EXPECT_EQ(blank.frames.all.back(), "<13>a");
}

TEST_F(ProxiedStreamTest, EndOrGapInsideTheHeader_LosesNothing) {
  Framing framing{FramingOptions{}};
  framing.feed("PROXY TCP4 1");
  end(framing);
  EXPECT_THAT(framing.frames.all, ElementsAre("PROXY TCP4 1|unfinished"));
  Framing gap{FramingOptions{}};
  gap.feed("PROXY TCP4 1").gap().feed("rest\n");
  EXPECT_THAT(gap.frames.all, ElementsAre("PROXY TCP4 1|gap", "rest|gap"));
  end(gap);
}

TEST_F(ProxiedStreamTest, HeaderAlone_IsNoRecord) {
  for (const std::string& header : {kText, kBinary}) {
    Framing framing{FramingOptions{}};
    framing.feed(header);
    end(framing);
    EXPECT_THAT(framing.frames.all, IsEmpty());
    EXPECT_EQ(headers(framing), 1U);
  }
}

TEST_F(ProxiedStreamTest, LineThatIsNearlyAHeader_IsALine) {
  Framing framing{FramingOptions{}};
  framing.feed("PROX").feed("Y is ").feed("down\nnext\n");
  EXPECT_THAT(framing.frames.all, ElementsAre("PROXY is down", "next"));
  EXPECT_EQ(headers(framing), 0U);
  end(framing);
}

}  // namespace
}  // namespace logsniffd::framing
