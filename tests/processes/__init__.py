"""Several real processes of one bot on one database: shards, kills, outages and handovers, as people see them."""
