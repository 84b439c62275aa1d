"""The processes of one bot among each other: joining, handing shards over, and what one of them does for all."""
