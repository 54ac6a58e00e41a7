#include "tests/bench/tcp_load/usage.hpp"

#include <malloc.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <new>
#include <string>

namespace {

std::uint64_t calls;  // only one thread allocates here

void* take(std::size_t size, std::size_t alignment) {
  void* memory =
      alignment == 0 ? std::malloc(size) : std::aligned_alloc(alignment, (size + alignment - 1) & ~(alignment - 1));
  if (memory == nullptr) throw std::bad_alloc();
  ++calls;
  return memory;
}

}  // namespace

// The array and nothrow forms of the library call these.
void* operator new(std::size_t size) { return take(size, 0); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return take(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace logsniffd::bench {

std::uint64_t processor_ns() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t allocations() { return calls; }

std::uint64_t heap_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

Resident resident() {
  Resident result;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) result.now_mib = std::strtod(line.c_str() + 6, nullptr) / 1024;
    if (line.starts_with("VmHWM:")) result.peak_mib = std::strtod(line.c_str() + 6, nullptr) / 1024;
  }
  return result;
}

}  // namespace logsniffd::bench
