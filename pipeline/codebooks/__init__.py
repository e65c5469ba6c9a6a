"""What people do with a codebook: check it, look at it, compare it, exchange it."""
