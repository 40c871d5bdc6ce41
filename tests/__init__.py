"""What Sayso promises, as tests."""
