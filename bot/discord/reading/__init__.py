"""What messages say: their words and names, what they quote, and the thread that they are in."""
