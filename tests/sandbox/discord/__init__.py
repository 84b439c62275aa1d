"""The sandbox's Discord, held against what Discord documents."""
