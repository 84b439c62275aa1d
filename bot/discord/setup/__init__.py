"""The private cards and forms of `/setup`."""
