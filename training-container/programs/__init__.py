"""Programs of the training image; each is started as a file."""
