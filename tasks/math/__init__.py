"""Mathematics kinds."""
