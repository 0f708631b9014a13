"""What is remembered: runs, episodes, feedback and requests in one database."""
