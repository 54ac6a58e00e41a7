#include "config/document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "daemon/text/utf8.hpp"

namespace logsniffd::config {
namespace {

// yaml-cpp takes a quote that is never closed as one that ends with the text, and swallows the rest of the file. Inside
// a quote a document end is an error, so one is appended to the text.
constexpr std::string_view kEndOfDocument = "\n...\n";

Mark to_mark(const YAML::Mark& mark) { return {std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1}; }

// Valid YAML that a configuration may not hold. It is thrown through the parser, which has no other way to stop, and
// caught in parse_document.
struct Refusal {
  Mark mark;
  std::string why;
};

[[noreturn]] void refuse(const YAML::Mark& mark, std::string why) { throw Refusal{to_mark(mark), std::move(why)}; }

// Builds the tree from the parser's events.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const std::shared_ptr<const SourceFile>& file, std::size_t& nodes) : file_(file), nodes_(nodes) {}

  Node take_root() { return std::move(root_); }
  [[nodiscard]] Mark last_seen() const { return last_seen_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "a second document starts here; keep only one in this file");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add_leaf(mark, {}); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& text) override {
    check_tag(mark, tag);
    if (text.find('\0') != std::string::npos) refuse(mark, "contains a NUL byte; remove it");
    // yaml-cpp lets every byte through, but names are written as JSON and templates as text.
    if (!text::is_utf8(text)) refuse(mark, "contains bytes that are not UTF-8; save the file as UTF-8");
    Node leaf;
    leaf.kind = Node::Kind::scalar;
    leaf.text = text;
    leaf.quoted = tag == "!";
    add_leaf(mark, std::move(leaf));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "aliases (*name) are not supported; write the value out");
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, tag, Node::Kind::mapping);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    std::optional<Entry> entry;  // mapping: its key was read, but not its value
  };

  static void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "tags (!name) are not supported; remove the tag");
  }

  void count(const YAML::Mark& mark) {
    if (++nodes_ > kMaxNodes)
      refuse(mark, "contains more than " + std::to_string(kMaxNodes) + " values; make the file smaller");
    last_seen_ = to_mark(mark);
    last_seen_.file = file_;
  }

  [[nodiscard]] bool at_key() const {
    return !open_.empty() && open_.back().node.kind == Node::Kind::mapping && !open_.back().entry;
  }

  void add_leaf(const YAML::Mark& mark, Node leaf) {
    count(mark);
    leaf.mark = last_seen_;
    if (!at_key()) return place(std::move(leaf));
    if (leaf.kind == Node::Kind::null) refuse(mark, "a key is missing before the ':'; add one");
    open_.back().entry = Entry{std::move(leaf.text), leaf.mark, {}};
  }

  void open(const YAML::Mark& mark, const std::string& tag, Node::Kind kind) {
    count(mark);
    check_tag(mark, tag);
    if (at_key()) refuse(mark, "a key must be a word; quote a value that starts with { or [");
    if (open_.size() == kMaxNesting)
      refuse(mark, "nested more than " + std::to_string(kMaxNesting) + " levels deep; use fewer levels");
    Open opened;
    opened.node.kind = kind;
    opened.node.mark = last_seen_;
    open_.push_back(std::move(opened));
  }

  void close() {
    Node closed = std::move(open_.back().node);
    open_.pop_back();
    place(std::move(closed));
  }

  void place(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == Node::Kind::list) {
      parent.node.items.push_back(std::move(node));
      return;
    }
    parent.entry->value = std::move(node);
    parent.node.entries.push_back(std::move(*parent.entry));
    parent.entry.reset();
  }

  const std::shared_ptr<const SourceFile>& file_;
  std::size_t& nodes_;
  std::vector<Open> open_;
  Node root_;
  Mark last_seen_{1, 1, file_};
  int documents_ = 0;
};

void report(const YAML::Exception& error, const Mark& last_seen, Problems& problems) {
  if (error.msg == YAML::ErrorMsg::DOC_IN_SCALAR || error.msg == YAML::ErrorMsg::EOF_IN_SCALAR) {
    problems.error(last_seen, "", "not valid YAML: a quote that opens after this place is never closed; close it");
    return;
  }
  Mark mark = to_mark(error.mark);
  mark.file = last_seen.file;
  problems.error(mark, "",
                 "not valid YAML: " + error.msg +
                     "; check the indentation, and quote values that contain any of { } [ ] : # * & !");
}

}  // namespace

std::optional<Node> parse_document(std::string_view yaml, const std::shared_ptr<const SourceFile>& file,
                                   std::size_t& nodes, Problems& problems) {
  TreeBuilder builder(file, nodes);
  try {
    std::istringstream in(std::string(yaml) + std::string(kEndOfDocument));
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
    Node root = builder.take_root();
    if (root.kind == Node::Kind::null) root.mark = {1, 1, file};
    return root;
  } catch (Refusal& refusal) {
    refusal.mark.file = file;
    problems.error(refusal.mark, "", std::move(refusal.why));
  } catch (const YAML::Exception& error) {
    report(error, builder.last_seen(), problems);
  } catch (const std::exception& error) {
    problems.error(builder.last_seen(), "", std::string("cannot be parsed as YAML: ") + error.what());
  }
  return std::nullopt;
}

}  // namespace logsniffd::config
