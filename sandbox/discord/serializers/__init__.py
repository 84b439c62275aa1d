"""The JSON that goes over the wire, made from the model: one function for each of Discord's objects."""
