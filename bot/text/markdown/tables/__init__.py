"""Tables, which Discord does not draw: read line by line, and shown as columns in code or as a paragraph a row."""
