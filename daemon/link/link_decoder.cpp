#include "daemon/link/link_decoder.hpp"

#include <algorithm>

#include "daemon/link/link_header.hpp"

namespace logsniffd::link {

Step first_header(capture::LinkType type, Bytes frame) {
  using capture::LinkType;
  switch (type) {
    case LinkType::ethernet:
      return Step::to(ethernet, frame);
    case LinkType::linux_sll:
      return Step::to(linux_sll, frame);
    case LinkType::linux_sll2:
      return Step::to(linux_sll2, frame);
    case LinkType::raw:
    case LinkType::ipv4:
    case LinkType::ipv6:
      return Step::ip(frame);
    case LinkType::null:
      return Step::to(bsd_null, frame);
    case LinkType::loop:
      return Step::to(bsd_loop, frame);
    case LinkType::ppp:
    case LinkType::ppp_hdlc:
      return Step::to(ppp_or_cisco, frame);
    case LinkType::ppp_ether:
      return Step::to(pppoe, frame);
    case LinkType::cisco_hdlc:
      return Step::to(cisco_hdlc, frame);
    case LinkType::mpls:
      return Step::to(mpls, frame);
    case LinkType::ieee80211:
      return Step::to(ieee80211, frame);
    case LinkType::ieee80211_radiotap:
      return Step::to(ieee80211_radiotap, frame);
    case LinkType::nflog:
      return Step::to(nflog, frame);
    case LinkType::pktap:
      return Step::to(pktap, frame);
  }
  return Step::stop(LinkVerdict::unsupported_link_type);
}

Step announced(LinkHeader next, Bytes bytes, std::size_t length, FrameFacts& facts) {
  if (length > bytes.size() + facts.cut_bytes) return Step::stop(LinkVerdict::bad_header);
  const Bytes captured = bytes.first(std::min(length, bytes.size()));
  facts.cut_bytes = length - captured.size();
  return Step::to(next, captured);
}

LinkPayload decode(capture::LinkType link_type, Bytes frame, std::size_t cut_bytes) {
  FrameFacts facts;
  facts.cut_bytes = cut_bytes;
  Step step = first_header(link_type, frame);
  for (int headers = 0; step.next != nullptr; ++headers) {
    step = headers < kMaxLinkHeaders ? step.next(step.bytes, facts) : Step::stop(LinkVerdict::too_deep);
  }
  return {step.verdict, step.bytes, facts.direction, facts.interface_index, facts.cut_bytes};
}

}  // namespace logsniffd::link
