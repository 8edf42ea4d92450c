"""Credit (评级授信): surveys, rating campaigns, demonstration villages and households."""
