"""What the Makefile runs to set up a checkout. The program itself needs none of it."""
