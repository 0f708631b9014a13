"""Think and remember: the only floor that builds LangGraph graphs, and the home of the episode."""
