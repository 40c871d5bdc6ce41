"""How the database got to its present shape, and back."""
