"""Scale: what a year of two thousand servers costs, and what several processes of one bot bring and cost."""
