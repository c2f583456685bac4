"""What every training shares: Jittor's set-up, schedules, optimisers, loading, progress, stages."""
