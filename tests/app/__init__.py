"""What a running bot goes through, without one."""
