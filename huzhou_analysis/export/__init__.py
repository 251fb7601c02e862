"""Writers of pages."""
