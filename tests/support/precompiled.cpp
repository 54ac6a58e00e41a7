// The header is all there is to compile.
