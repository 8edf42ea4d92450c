"""Changes of the register that one officer proposes and another decides."""
