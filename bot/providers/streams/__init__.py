"""Bytes of a streamed answer become text: pure decoders, which hold back no more than a doubt needs."""
