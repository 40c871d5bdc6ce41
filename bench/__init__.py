"""How fast Sayso is, beside what else there is: ``python -m bench`` measures it."""
