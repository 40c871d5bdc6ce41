"""Files as people have them, read into rows, and rows into the lines of an import."""
