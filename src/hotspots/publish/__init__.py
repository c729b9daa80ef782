"""What an analysis says, shows and leaves behind."""
