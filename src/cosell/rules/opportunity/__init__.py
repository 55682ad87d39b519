"""An opportunity: what it consists of, and what its creation, its updates and its submission require."""
