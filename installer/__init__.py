"""Sets the program up on a fresh machine: environment, system packages, tests. Standard library only."""
