"""What the buttons below a server's welcome do."""
