// Runs every file of the folders given as arguments through the fuzz entry point, each also at every truncation.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kTruncateUpTo = 2048;  // every length of longer inputs would take quadratic time

void run(const std::vector<std::uint8_t>& input, std::size_t size) {
  // An exact-size copy, so that a sanitizer sees the first byte beyond the end.
  const std::vector<std::uint8_t> exact(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size));
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      const std::vector<char> chars{std::istreambuf_iterator<char>(in), {}};
      const std::vector<std::uint8_t> input(chars.begin(), chars.end());
      run(input, input.size());
      for (std::size_t size = 0; size < input.size() && input.size() <= kTruncateUpTo; ++size) run(input, size);
      ++files;
    }
  }
  std::printf("%zu inputs replayed\n", files);
  return files == 0 ? 1 : 0;  // an empty corpus tests nothing
}
