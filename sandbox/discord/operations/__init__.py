"""What people and bots do with messages, files and threads; each change is announced."""
