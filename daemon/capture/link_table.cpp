#include "daemon/capture/link_table.hpp"

#include <linux/rtnetlink.h>
#include <net/if.h>

#include <algorithm>
#include <bit>
#include <optional>

#include "daemon/base/byte_reader.hpp"

namespace logsniffd::capture {
namespace {

constexpr std::size_t kMessageHeader = 16;   // struct nlmsghdr
constexpr std::size_t kAttributeHeader = 4;  // struct rtattr
constexpr std::uint32_t kLowerUp = 0x10000;  // IFF_LOWER_UP, which <net/if.h> does not have
constexpr auto kNative = std::endian::native;

// Netlink pads messages and attributes to four bytes; the last one's padding may be missing.
void skip_padding(ByteReader& reader, std::size_t length) {
  reader.skip(std::min((4 - length % 4) % 4, reader.remaining()));
}

// Reads struct ifinfomsg and its attributes. nullopt if the message does not concern this table: bridges announce their
// ports with messages of their own family, among them a DELLINK for a port that merely leaves the bridge.
std::optional<Link> parse_link(ByteReader body) {
  const auto family = body.take(1);
  body.skip(1 + 2);
  Link link;
  link.index = body.u32(kNative);
  const std::uint32_t flags = body.u32(kNative);
  body.skip(4);
  if (!body.ok() || family[0] != AF_UNSPEC) return std::nullopt;
  link.up = (flags & IFF_UP) != 0;
  link.carrier = (flags & kLowerUp) != 0;
  link.loopback = (flags & IFF_LOOPBACK) != 0;

  while (body.remaining() >= kAttributeHeader) {
    const std::size_t length = body.u16(kNative);
    const std::uint16_t type = body.u16(kNative);
    if (length < kAttributeHeader) break;
    const Bytes value = body.take(length - kAttributeHeader);
    if (!body.ok()) break;
    skip_padding(body, length);
    if (type == IFLA_IFNAME) link.name = as_text(value).substr(0, as_text(value).find('\0'));
  }
  return link;
}

}  // namespace

std::string_view state_of(const Link& link) {
  if (!link.up) return "down";
  return link.carrier ? "up" : "no carrier";
}

LinkTable::Outcome LinkTable::apply(Bytes datagram) {
  Outcome outcome;
  ByteReader reader(datagram);
  while (reader.remaining() >= kMessageHeader) {
    const std::size_t length = reader.u32(kNative);
    const std::uint16_t type = reader.u16(kNative);
    reader.skip(2 + 4 + 4);  // flags, sequence, port
    if (length < kMessageHeader) break;
    const Bytes body = reader.take(length - kMessageHeader);
    if (!reader.ok()) break;
    skip_padding(reader, length);

    if (type == NLMSG_DONE || type == NLMSG_ERROR) outcome.done = true;
    if (type != RTM_NEWLINK && type != RTM_DELLINK) continue;
    std::optional<Link> link = parse_link(ByteReader(body));
    if (!link) continue;
    outcome.changed |= type == RTM_NEWLINK ? set(std::move(*link)) : erase(link->index);
  }
  return outcome;
}

bool LinkTable::set(Link link) {
  const auto known = links_.find(link.index);
  if (link.name.empty()) {
    if (known == links_.end()) return false;
    link.name = known->second.name;
  }
  if (known == links_.end() && links_.size() >= kMaxLinks) {
    ++beyond_ceiling_;
    return false;
  }
  if (known != links_.end() && known->second == link) return false;

  if (names_.size() >= 2 * kMaxLinks) {
    std::erase_if(names_, [this](const auto& entry) { return !links_.contains(entry.first); });
  }
  names_[link.index] = link.name;
  links_[link.index] = std::move(link);
  return true;
}

bool LinkTable::erase(std::uint32_t index) { return links_.erase(index) != 0; }

const Link* LinkTable::find(std::string_view name) const {
  const auto found =
      std::find_if(links_.begin(), links_.end(), [&](const auto& entry) { return entry.second.name == name; });
  return found == links_.end() ? nullptr : &found->second;
}

const std::string* LinkTable::name_of(std::uint32_t index) const {
  const auto found = names_.find(index);
  return found == names_.end() ? nullptr : &found->second;
}

}  // namespace logsniffd::capture
