"""What files hold, as values that are what they say."""
