"""What a run will take: hours, money, storage and requests, before it begins."""
