// The YAML file as a tree that remembers the place of everything. document.cpp makes it, and Value walks it.
#pragma once

#include <string>
#include <vector>

#include "config/model.hpp"

namespace logsniffd::config {

struct Entry;

struct Node {
  enum class Kind { null, scalar, list, mapping };

  Kind kind = Kind::null;
  Mark mark;
  std::string text;            // scalar: quotes and escapes resolved, and references replaced
  bool quoted = false;         // scalar: 'x', "x" or a block, without references
  std::string written;         // scalar with references: the text before they were replaced; else empty
  bool secret = false;         // scalar: one of the references is to a file or a credential
  std::string fault;           // scalar: why a reference could not be replaced; its text is as written then
  std::vector<Node> items;     // list
  std::vector<Entry> entries;  // mapping: in the order of the file, duplicates included
};

struct Entry {
  std::string key;
  Mark mark;  // of the key
  Node value;
};

}  // namespace logsniffd::config
