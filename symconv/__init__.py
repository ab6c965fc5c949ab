"""symconv: derive, verify and print convolution gradients."""
