// Runs the command that argv names; nothing else.
#include "daemon/cli/command.hpp"

int main(int argc, char** argv) { return logsniffd::cli::main(argc, argv); }
