"""The guide: docs/ as a site, and its reference, which is made from the models."""
