// Runs every file of a corpus through the fuzz entry point, also at every truncation and with random mutations.
//
//   replay_NAME [--mutations N] [--seed N] FOLDER...
//
// A mutation is the input with one to four changes: a changed bit or byte, or a piece that is removed, repeated or
// taken from another input. The same seed makes the same mutations.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::size_t kTruncateUpTo = 2048;  // every length of longer inputs would take quadratic time
constexpr std::size_t kLongestPiece = 64;

std::vector<Input> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Input> inputs;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    const std::vector<char> chars{std::istreambuf_iterator<char>(in), {}};
    inputs.emplace_back(chars.begin(), chars.end());
  }
  return inputs;
}

void run(const Input& input, std::size_t size) {
  // An exact-size copy, so that a sanitizer sees the first byte after the end.
  const Input exact(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size));
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

class Mutator {
 public:
  Mutator(const std::vector<Input>& corpus, std::uint64_t seed) : corpus_(corpus), random_(seed) {}

  Input operator()(Input input) {
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) change(input);
    return input;
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

  void change(Input& input) {
    if (input.empty()) return input.push_back(static_cast<std::uint8_t>(below(256)));
    const std::size_t at = below(input.size());
    const auto here = input.begin() + static_cast<std::ptrdiff_t>(at);
    const std::size_t size = 1 + below(std::min(kLongestPiece, input.size() - at));
    switch (below(6)) {
      case 0:
        *here = static_cast<std::uint8_t>(*here ^ (1U << below(8)));
        return;
      case 1: {
        constexpr std::uint8_t kTelling[] = {0, 1, 0x7f, 0x80, 0xff, '\n', ' ', '"', '\\', '<', '=', '{', '|'};
        *here = kTelling[below(std::size(kTelling))];
        return;
      }
      case 2:
        *here = static_cast<std::uint8_t>(below(256));
        return;
      case 3:
        input.erase(here, here + static_cast<std::ptrdiff_t>(size));
        return;
      case 4: {
        const Input piece(here, here + static_cast<std::ptrdiff_t>(size));
        input.insert(here, piece.begin(), piece.end());
        return;
      }
      default: {
        const Input& other = corpus_[below(corpus_.size())];
        if (other.empty()) return;
        const std::size_t from = below(other.size());
        const auto begin = other.begin() + static_cast<std::ptrdiff_t>(from);
        const std::size_t taken = 1 + below(std::min(kLongestPiece, other.size() - from));
        input.insert(here, begin, begin + static_cast<std::ptrdiff_t>(taken));
      }
    }
  }

  const std::vector<Input>& corpus_;
  std::mt19937_64 random_;
};

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t mutations = 0;
  std::uint64_t seed = 1;
  std::size_t files = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--mutations") == 0 && i + 1 < argc) {
      mutations = std::strtoull(argv[++i], nullptr, 10);
      continue;
    }
    if (std::strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
      seed = std::strtoull(argv[++i], nullptr, 10);
      continue;
    }
    const std::vector<Input> corpus = read_corpus(argv[i]);
    Mutator mutate(corpus, seed);
    for (const Input& input : corpus) {
      run(input, input.size());
      for (std::size_t size = 0; size < input.size() && input.size() <= kTruncateUpTo; ++size) run(input, size);
      for (std::uint64_t n = 0; n < mutations; ++n) {
        const Input mutated = mutate(input);
        run(mutated, mutated.size());
      }
    }
    files += corpus.size();
  }
  std::printf("%zu inputs replayed, %llu mutations each, seed %llu\n", files,
              static_cast<unsigned long long>(mutations), static_cast<unsigned long long>(seed));
  return files == 0 ? 1 : 0;  // an empty corpus tests nothing
}
