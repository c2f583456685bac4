"""Where on a cluster each task runs, and with what."""
