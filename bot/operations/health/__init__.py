"""Whether this process is well, as what runs it may ask by HTTP."""
