"""What may be published: rules, the least that must be hidden to keep them, and what a reader can still work out."""
