"""What people's folders and files hold, read in one way: listings, classes, JSON."""
