"""The compiled network: one file per kind of AWS thing that packets cross."""
