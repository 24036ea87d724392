"""What we know: the types that flow through the program and the store that keeps them."""
