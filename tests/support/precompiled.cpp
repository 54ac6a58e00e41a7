// There is nothing to compile except the header.
