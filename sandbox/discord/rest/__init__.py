"""The REST API, area by area: each module lists its routes with their handlers."""
