#include "daemon/app/why_wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "daemon/text/escape.hpp"

namespace logsniffd::app {
namespace {

constexpr std::size_t kPortsNamed = 5;

using survey::Port;
using survey::PortTraffic;

std::string port_word(const Port& port) { return fmt::format("{}/{}", port.number, to_string(port.transport)); }

// "9988/tcp (12 packets with text)", those nearest to `port` first; empty if no port carries text.
std::string ports_with_text(const survey::WireSurvey& wire, std::uint16_t port) {
  std::vector<std::pair<Port, std::uint64_t>> found;
  for (const auto& [other, traffic] : wire.ports()) {
    if (traffic.served_text > 0) found.emplace_back(other, traffic.served_text);
  }
  const auto distance = [&](const Port& other) { return std::abs(int{other.number} - int{port}); };
  std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
    const auto rank = [&](const Port& other) { return std::tuple(distance(other), other.number, other.transport); };
    return rank(a.first) < rank(b.first);
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(found.size(), kPortsNamed); ++i) {
    text += fmt::format("{}{} ({} packet{})", i == 0 ? "" : ", ", port_word(found[i].first), found[i].second,
                        found[i].second == 1 ? "" : "s");
  }
  return text;
}

void add(survey::Traffic& sum, const survey::Traffic& more) {
  sum.packets += more.packets;
  sum.bytes += more.bytes;
  sum.text += more.text;
  sum.tls += more.tls;
  sum.binary += more.binary;
}

template <class T>
void add(std::vector<T>& known, const std::vector<T>& more) {
  for (const T& each : more) {
    if (std::find(known.begin(), known.end(), each) == known.end()) known.push_back(each);
  }
}

// What a subject is about, and what the wire carried of it.
class Wire {
 public:
  Wire(const Subject& subject, const Evidence& evidence, const Surveyed& surveyed)
      : subject_(subject), evidence_(evidence), surveyed_(surveyed) {
    if (subject.filter) filter_ = &evidence.config.filters[*subject.filter];
  }

  [[nodiscard]] Finding cause() const {
    if (surveyed_.wire.packets() == 0 && filter_ != nullptr) {
      return {Cause::silent_wire, "no interface of this machine carries any packet", none("packet"),
              "see that the senders send here, or that the switch mirrors their traffic to this port"};
    }
    const std::optional<Transport> wanted = transport();
    const PortTraffic traffic = sum(wanted);
    if (traffic.packets() == 0) return nothing(wanted);
    if (filter_ == nullptr) return not_watched(traffic);
    if (traffic.bytes() == 0) return without_data(traffic);
    return unseen_data(traffic);
  }

  void add_server_name(std::string& figure) const {
    const PortTraffic traffic = sum(transport());
    if (traffic.server_name.empty()) return;
    figure += "; the clients ask for ";
    text::append_escaped(traffic.server_name, figure);
  }

 private:
  [[nodiscard]] std::optional<Transport> transport() const {
    if (subject_.transport) return subject_.transport;
    return filter_ == nullptr ? std::nullopt : filter_->transport;
  }

  [[nodiscard]] bool concerns(std::uint16_t port) const {
    if (subject_.port) return port == *subject_.port;
    if (filter_ == nullptr || filter_->ports.empty()) return true;
    return std::any_of(filter_->ports.begin(), filter_->ports.end(),
                       [&](const auto& range) { return range.first <= port && port <= range.last; });
  }

  [[nodiscard]] PortTraffic sum(std::optional<Transport> wanted) const {
    PortTraffic sum;
    for (const auto& [port, traffic] : surveyed_.wire.ports()) {
      if ((wanted && port.transport != *wanted) || !concerns(port.number)) continue;
      add(sum.to, traffic.to);
      add(sum.from, traffic.from);
      sum.syns += traffic.syns;
      sum.syn_acks += traffic.syn_acks;
      sum.resets += traffic.resets;
      if (sum.server_name.empty()) sum.server_name = traffic.server_name;
      add(sum.peers, traffic.peers);
      add(sum.interfaces, traffic.interfaces);
    }
    return sum;
  }

  // "port 514/udp", "the ports of filter app".
  [[nodiscard]] std::string name() const {
    std::optional<std::uint16_t> port = subject_.port;
    if (!port && filter_ != nullptr && filter_->ports.size() == 1 &&
        filter_->ports[0].first == filter_->ports[0].last) {
      port = filter_->ports[0].first;
    }
    if (!port)
      return filter_ != nullptr && filter_->ports.empty() ? "any port" : "the ports of filter " + filter_->name;
    return transport() ? "port " + port_word({*transport(), *port}) : fmt::format("port {}", *port);
  }

  [[nodiscard]] std::string none(const char* thing) const { return fmt::format("0 {}s {}", thing, surveyed_.span); }

  [[nodiscard]] Finding nothing(std::optional<Transport> wanted) const {
    if (wanted) {
      const Transport other = *wanted == Transport::tcp ? Transport::udp : Transport::tcp;
      if (const PortTraffic elsewhere = sum(other); elsewhere.bytes() > 0) {
        return {Cause::other_protocol,
                fmt::format("nothing comes over {} at {}, but over {}", to_string(*wanted), name(), to_string(other)),
                fmt::format("{} packets over {} {}", elsewhere.packets(), to_string(other), surveyed_.span),
                fmt::format("set protocol: {} (or both)", to_string(other))};
      }
    }
    const std::uint16_t near = subject_.port                                   ? *subject_.port
                               : filter_ != nullptr && !filter_->ports.empty() ? filter_->ports[0].first
                                                                               : std::uint16_t{0};
    const std::string others = ports_with_text(surveyed_.wire, near);
    return {
        filter_ == nullptr ? Cause::not_watched : Cause::nothing_on_port,
        fmt::format("nothing is sent to or from {}{}", name(), filter_ == nullptr ? ", and no filter watches it" : ""),
        fmt::format("0 of {} packets {}; ports that carry text: {}", surveyed_.wire.packets(), surveyed_.span,
                    others.empty() ? "none" : others),
        "see that the senders send, where to, and over which interface"};
  }

  [[nodiscard]] Finding not_watched(const PortTraffic& traffic) const {
    return {Cause::not_watched, fmt::format("no filter watches {}", name()),
            fmt::format("{} packets with {} bytes of payload {}", traffic.packets(), traffic.bytes(), surveyed_.span),
            "add a filter with this port to the configuration, or the port to a filter"};
  }

  [[nodiscard]] Finding without_data(const PortTraffic& traffic) const {
    const std::string figure = fmt::format("{} SYN, {} SYN-ACK, {} RST, 0 bytes of payload {}", traffic.syns,
                                           traffic.syn_acks, traffic.resets, surveyed_.span);
    if (traffic.syns > 0 && traffic.syn_acks == 0 && traffic.resets > 0) {
      return {Cause::refused, fmt::format("connections to {} are refused", name()), figure,
              "start the program that listens there: senders send nothing without it"};
    }
    if (traffic.syns > 0 && traffic.syn_acks == 0) {
      return {Cause::unanswered,
              fmt::format("nobody answers the connections to {}, or the answers pass elsewhere", name()), figure,
              "see to the receiver and the firewall, and that both directions are mirrored here"};
    }
    return {Cause::no_payload, fmt::format("the packets of {} carry no data", name()), figure,
            "the connections are idle: see to the senders"};
  }

  // The wire carries data that the filter did not see.
  [[nodiscard]] Finding unseen_data(const PortTraffic& traffic) const {
    if (auto found = on_other_interface(traffic)) return *found;
    const std::string figure =
        fmt::format("{} bytes to and {} bytes from it {}", traffic.to.bytes, traffic.from.bytes, surveyed_.span);
    const bool only_to = filter_->direction == filter::Direction::to && traffic.to.bytes == 0;
    const bool only_from = filter_->direction == filter::Direction::from && traffic.from.bytes == 0;
    if (only_to || only_from) {
      return {Cause::other_direction,
              fmt::format("{} only {} data, and filter {} wants what it {} (direction)", name(),
                          only_to ? "sends" : "receives", filter_->name, only_to ? "receives" : "sends"),
              figure, "set direction: both"};
    }
    if (traffic.to.tls + traffic.from.tls > 0 && traffic.to.text + traffic.from.text == 0) {
      return {Cause::encrypted, fmt::format("the traffic of {} is encrypted (TLS): nothing in it can be read", name()),
              tls_figure(traffic), "have the senders log without TLS, or collect at the end of the encryption"};
    }
    if (!filter_->networks.empty()) {
      std::string peers;
      for (const Address& peer : traffic.peers) peers += (peers.empty() ? "" : ", ") + peer.to_string();
      return {Cause::outside_networks, fmt::format("networks of filter {} leaves out the senders", filter_->name),
              fmt::format("{}; ends of the traffic: {}", figure, peers), "add their network to networks"};
    }
    return {Cause::unseen,
            fmt::format("data of {} is on the wire, and has not reached filter {} yet", name(), filter_->name), figure,
            "ask again; if it stays so, compare with: logsniffd sniff -x PORT"};
  }

  [[nodiscard]] std::string tls_figure(const PortTraffic& traffic) const {
    std::string figure =
        fmt::format("{} packets with TLS records {}", traffic.to.tls + traffic.from.tls, surveyed_.span);
    add_server_name(figure);
    return figure;
  }

  [[nodiscard]] std::optional<Finding> on_other_interface(const PortTraffic& traffic) const {
    if (traffic.interfaces.empty() || !evidence_.view.capture) return std::nullopt;
    std::string seen_on;
    for (const std::string& interface : traffic.interfaces) {
      for (const capture::InterfaceFigures& captured : evidence_.view.capture->interfaces) {
        if (captured.name == "any" || captured.name == interface) return std::nullopt;
      }
      seen_on += (seen_on.empty() ? "" : ", ") + interface;
    }
    return Finding{
        Cause::other_interface, fmt::format("the traffic of {} is on an interface that is not captured", name()),
        fmt::format("{} packets on {} {}", traffic.packets(), seen_on, surveyed_.span), "add it to capture.interfaces"};
  }

  const Subject& subject_;
  const Evidence& evidence_;
  const Surveyed& surveyed_;
  const config::Filter* filter_ = nullptr;
};

}  // namespace

Finding cause_on_wire(const Subject& subject, const Evidence& evidence, const Surveyed& surveyed) {
  return Wire(subject, evidence, surveyed).cause();
}

void add_server_name(Finding& finding, const Subject& subject, const Evidence& evidence, const Surveyed& surveyed) {
  Wire(subject, evidence, surveyed).add_server_name(finding.figure);
}

}  // namespace logsniffd::app
