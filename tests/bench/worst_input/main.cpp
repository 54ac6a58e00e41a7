// The worst input of each decoder, found by a hill-climbing search: the input that costs most, compared with plain text
// of as many bytes on the wire. Then a flood of that input, in which the budget of a second counts.
//
//   worst_input [--seconds S] [--bytes N] [--most RATIO] [--only NAME] [--seed N] [--save FOLDER]
//
// The measure is processor time through the whole pipeline, because the machines of this project have no instruction
// counter. It is the least of several rounds, and is measured again for an input that seems to be worse. Floods of
// the input and of plain text alternate, so that both have the same minutes of a shared machine. The worst single
// input need not be the worst in a flood, where a budget counts. So the worst flood is searched for among all inputs
// with which the search began and ended. With --most the exit status is 1 if a flood costs more than that many times
// its plain text.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <random>

#include "tests/bench/tcp_load/usage.hpp"
#include "tests/bench/worst_input/meter.hpp"
#include "tests/bench/worst_input/seeds.hpp"
#include "tests/support/compressed.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::bench;

constexpr std::size_t kMostBytes = 60'000;  // the most that a datagram holds
constexpr double kRates[] = {7.5e6, 100e6, 1e9};
constexpr int kRounds = 5;  // of a flood; the median counts

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// The cost of plain text. cost_ns() measures each size only once.
class PlainText {
 public:
  double cost_ns(std::size_t bytes) {
    double& known = known_[bytes];
    if (known == 0) known = meter_.cost_ns(text(bytes), false);
    return known;
  }
  double flood_ns(std::size_t bytes, double rate, double seconds) {
    return meter_.flood_ns(text(bytes), false, rate, seconds);
  }

 private:
  static std::string text(std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += "an ordinary line of plain text, as programs write it, with the number 42; ";
    return text.substr(0, bytes);
  }

  Meter meter_{record::Decode::automatic};
  std::map<std::size_t, double> known_;
};

struct Found {
  std::string input;
  std::string payload;
  double ratio = 0;
};

class Search {
 public:
  Search(const Target& target, PlainText& plain, unsigned seed, std::size_t bytes)
      : target_(target), plain_(plain), meter_(target.decode), random_(seed), bytes_(bytes) {}

  Found run(double seconds) {
    const std::uint64_t end = processor_ns() + static_cast<std::uint64_t>(seconds * 1e9);
    for (const std::string& seed : target_.seeds) consider(seed);
    while (processor_ns() < end) {
      ++tried_;
      consider(mutated(best_[random_() % best_.size()].input));
    }
    return best_.front();
  }
  // Of all inputs with which the search began and ended, the one that costs most in a flood.
  Found worst_flood() {
    std::vector<std::string> inputs = target_.seeds;
    for (const Found& found : best_) inputs.push_back(found.input);
    Found worst;
    for (const std::string& input : inputs) {
      std::string payload = payload_of(input);
      if (payload.empty() || payload.size() > most_bytes()) continue;
      Meter meter(target_.decode);
      const double cost = meter.flood_ns(payload, target_.counted, kRates[0], kLook);
      const double ratio = cost / plain_.flood_ns(payload.size(), kRates[0], kLook);
      if (ratio > worst.ratio) worst = {input, std::move(payload), ratio};
    }
    return worst;
  }
  [[nodiscard]] std::uint64_t tried() const { return tried_; }

 private:
  static constexpr std::size_t kKept = 8;
  static constexpr double kLook = 2;  // seconds

  [[nodiscard]] std::size_t most_bytes() const { return std::min(2 * bytes_, kMostBytes); }

  std::string payload_of(const std::string& input) const {
    if (!target_.inflated) return input;
    const auto bytes = test::compressed(input, test::Compression::zlib, 9);
    std::string payload(bytes.begin(), bytes.end());
    payload.resize(std::max(payload.size(), bytes_));  // NULs after it are skipped, and earn as other bytes do
    return payload;
  }
  double ratio(const std::string& payload) {
    return meter_.cost_ns(payload, target_.counted) / plain_.cost_ns(payload.size());
  }
  void consider(const std::string& input) {
    std::string payload = payload_of(input);
    if (payload.empty() || payload.size() > most_bytes()) return;
    double found = ratio(payload);
    if (best_.size() == kKept && found <= best_.back().ratio) return;
    found = std::min(found, ratio(payload));  // a disturbance does not come twice
    best_.push_back({input, std::move(payload), found});
    std::sort(best_.begin(), best_.end(), [](const Found& a, const Found& b) { return a.ratio > b.ratio; });
    if (best_.size() > kKept) best_.pop_back();
  }
  std::string mutated(std::string text) {
    const auto any = [this](std::size_t below) { return random_() % std::max<std::size_t>(below, 1); };
    for (std::size_t times = 1 + any(3); times > 0; --times) {
      const std::size_t at = any(text.size());
      const std::string piece = text.substr(any(text.size()), 1 + any(12));
      switch (any(6)) {
        case 0:
          text[at] = static_cast<char>(random_());
          break;
        case 1:
          text.erase(at, 1 + any(text.size() / 4));
          break;
        case 2:
          text.insert(at, piece);
          break;
        case 3:
          for (std::size_t i = 1 + any(64); i > 0; --i) text.insert(at, piece);
          break;
        case 4:
          text.replace(at, piece.size(), piece);
          break;
        default: {
          const std::string& other = best_[any(best_.size())].input;
          text = text.substr(0, at) + other.substr(std::min(at, other.size()));
        }
      }
      if (text.empty()) text = "x";
    }
    return text;
  }

  const Target& target_;
  PlainText& plain_;
  Meter meter_;
  std::mt19937 random_;
  std::size_t bytes_;
  std::uint64_t tried_ = 0;
  std::vector<Found> best_;
};

// The worst result of all rates.
double flood(const Target& target, const Found& worst, PlainText& plain) {
  double most = 0;
  for (const double rate : kRates) {
    const double seconds = rate > 500e6 ? 1 : rate > 50e6 ? 2 : 10;
    std::vector<double> costs;
    std::vector<double> ratios;
    unsigned long long refused = 0;
    for (int i = 0; i < kRounds; ++i) {
      Meter meter(target.decode);
      costs.push_back(meter.flood_ns(worst.payload, target.counted, rate, seconds));
      ratios.push_back(costs.back() / plain.flood_ns(worst.payload.size(), rate, seconds));
      refused = meter.decoding().over_budget.get();
    }
    const double ratio = median(ratios);
    std::printf("  %5.1f Mbit/s: %5.1f %% of a processor, %5.1f x plain, %llu not decoded\n", rate / 1e6,
                median(costs) / seconds / 1e7, ratio, refused);
    most = std::max(most, ratio);
  }
  return most;
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = 5;
  std::size_t bytes = 1040;
  double most = 0;
  unsigned seed = 1;
  std::string only;
  std::string folder;
  CLI::App app("the worst input of each decoder");
  app.add_option("--seconds", seconds, "to search for each decoder");
  app.add_option("--bytes", bytes, "of the inputs that the search begins with");
  app.add_option("--most", most, "fail where a flood costs more than so many times plain text");
  app.add_option("--seed", seed);
  app.add_option("--only", only, "one decoder");
  app.add_option("--save", folder, "write the worst inputs there");
  CLI11_PARSE(app, argc, argv);

  PlainText plain;
  double worst_flood = 0;
  for (const Target& target : targets(bytes)) {
    if (!only.empty() && only != target.name) continue;
    Search search(target, plain, seed, bytes);
    const Found worst = search.run(seconds);
    std::printf("%s: %zu bytes, %.1f x plain (%.1f us), %llu tried\n", std::string(target.name).c_str(),
                worst.payload.size(), worst.ratio, worst.ratio * plain.cost_ns(worst.payload.size()) / 1e3,
                static_cast<unsigned long long>(search.tried()));
    std::fflush(stdout);
    const Found in_flood = search.worst_flood();
    worst_flood = std::max(worst_flood, flood(target, in_flood, plain));
    if (!folder.empty()) std::ofstream(folder + "/" + std::string(target.name) + ".flood") << in_flood.input;
    if (!folder.empty()) std::ofstream(folder + "/" + std::string(target.name)) << worst.payload;
  }
  std::printf("worst flood: %.1f x plain text of the same bytes on the wire\n", worst_flood);
  return most > 0 && worst_flood > most ? 1 : 0;
}
