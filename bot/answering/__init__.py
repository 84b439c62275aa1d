"""A question's life: queue, run, recording, actions on its answer, and recovery after a crash."""
