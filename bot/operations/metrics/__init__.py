"""The figures of this process for Prometheus."""
