"""Who answers, and why."""
