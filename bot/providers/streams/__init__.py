"""Pure decoders: they turn the bytes of a streamed answer into text, as soon as it is clear what the bytes mean."""
