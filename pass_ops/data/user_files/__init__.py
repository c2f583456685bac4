"""What people's folders hold, read in one way: listings, classes, label images."""
