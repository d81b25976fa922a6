"""One module or package for each noun; features never import one another."""
