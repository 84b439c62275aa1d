"""The files for deployments agree with the code, and the tools that will read them take them."""
