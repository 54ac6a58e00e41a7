#pragma once

// The headers that most tests include, parsed once for all of them (Precompiled.cmake). A test still includes what it
// uses. No header of this project belongs here: one change would recompile every test. No header whose macros depend on
// the target (fmt, Boost) belongs here either: GCC would refuse the file.

#include <absl/container/flat_hash_map.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <tl/expected.hpp>
#include <utility>
#include <vector>
