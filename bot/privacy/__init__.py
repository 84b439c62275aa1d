"""Export, erasure and retention of what people wrote."""
