"""Several real processes of one bot on one database: shards, kills, outages and handovers, judged by what people see."""
