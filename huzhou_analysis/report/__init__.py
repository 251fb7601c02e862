"""What comes out: executes notebooks, collects what they show, one writer a format."""
