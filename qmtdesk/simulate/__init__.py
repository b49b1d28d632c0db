"""Random market days with every fault, the promises checked at each step, and mutants that must be caught."""
