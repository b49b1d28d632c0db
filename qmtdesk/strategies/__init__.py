"""Pure step functions: lattice, grid, rolling pair, limit-up guard, bond screen."""
