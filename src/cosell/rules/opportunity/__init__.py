"""An opportunity: what it is made of, and what its creation, its updates and its submission demand."""
